import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Instance, startInstance } from '../../../src/app/app.js'
import { readConfig } from '../../../src/config/environment.js'
import { createBrand } from '../../../src/http/brand/brand.js'
import { createWizardRoutes } from '../../../src/http/wizard/wizard.js'
import { wizardPage } from '../../../src/http/wizard/wizard-page.js'
import { type BuiltWizard, buildWizard, FONT, SCRIPT } from '../../support/built-wizard.js'
import { openTestDatabase } from '../../support/database.js'
import { freePort } from '../../support/free-port.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { RawSocket, send } from '../../support/raw.js'

const PAGES = ['/', '/plugins/meeting-assistant', '/mine', '/connections', '/connections/Q29ubmVjdG9yOjE%3D']
const OWN_BRAND = {
  name: 'Patchbay',
  logo: {
    url: expect.stringMatching(/^\/assets\/brand\/logo-[0-9a-f]{12}\.svg$/),
    darkUrl: null,
    ratio: 1,
    isWide: false,
  },
}
const HTML = { accept: 'text/html' }

const factsIn = (html: string): unknown =>
  JSON.parse(/<script type="application\/json" id="patchbay">(.*?)<\/script>/s.exec(html)?.[1] ?? 'null')

let wizard: BuiltWizard
beforeAll(async () => {
  wizard = await buildWizard()
})
afterAll(() => wizard[Symbol.asyncDispose]())

describe('in development', () => {
  const ALLOWED = ['http://localhost:3000', 'http://localhost:3001']
  let patchbay: Patchbay
  let embedded: Patchbay
  beforeAll(async () => {
    patchbay = await startPatchbay({}, { wizardFolder: wizard.folder })
    const frames = { PATCHBAY_WIZARD_FRAME_ANCESTORS: ALLOWED.join(', ') }
    embedded = await startPatchbay(frames, { wizardFolder: wizard.folder })
  })
  afterAll(async () => {
    await patchbay.close()
    await embedded.close()
  })

  test.each([
    ['/', ['?as=ada', '?as=ben', '?as=cleo']],
    ['/connections', ['?as=ada', '?as=ben', '?as=cleo']],
    ['/graphql', ['?as=ada', '?as=ben', '?as=cleo', '?as=key']],
  ])('%s as a demo user who doesn’t exist says who does', async (path, known) => {
    const page = await send(patchbay, `${path}?as=zelda%3Cb%3E`, { headers: HTML })
    expect(page.status).toBe(404)
    expect(page.text).toContain('There’s no demo user named zelda&lt;b&gt;')
    const [line = ''] = /End the address with .*?\./.exec(page.text) ?? []
    expect(line.match(/\?as=\w+/g)).toEqual(known)
    expect(page.text).toContain(`href="${path}?as=ada"`)
    expect(page.text).toContain('<span class="whole">?as=ada,</span>') // it doesn't break after the question mark
    expect(page.text).not.toContain('eyJ')
  })

  test.each(PAGES)('%s serves the wizard to anyone, and is revalidated each time', async (path) => {
    const page = await send(patchbay, `${path}?as=ben`, { headers: HTML })
    expect(page).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=UTF-8', 'cache-control': 'no-cache' },
    })
    expect(page.text).toContain(SCRIPT)
    expect(factsIn(page.text)).toEqual({
      tokenUrl: '/development/token',
      signInUrl: null,
      language: null,
      people: [
        { id: 'ada', name: 'Ada', organization: 'Northwind' },
        { id: 'ben', name: 'Ben', organization: 'Northwind' },
        { id: 'cleo', name: 'Cleo', organization: 'Southwind' },
      ],
      sandboxUrl: patchbay.sandbox.url,
      explorerUrl: '/graphql',
      signOutUrl: null,
      isStaging: false,
      brand: OWN_BRAND,
    })
    for (const person of ['ada', 'ben'] as const) expect(page.text).not.toContain(await patchbay.tokenFor(person))
    expect(page.text).not.toMatch(/eyJ|pb[ks]_/)
  })

  test('an address that doesn’t exist has the wizard’s page too, under the same policy, and programs get a line', async () => {
    const [page, home] = await Promise.all(['/nowhere', '/'].map((path) => send(patchbay, path, { headers: HTML })))
    expect(page).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' }, text: home?.text })
    expect(page?.headers['content-security-policy']).toBe(home?.headers['content-security-policy'])
    expect(await send(patchbay, '/nowhere')).toMatchObject({ status: 404, text: 'Not found.' })
  })

  test('the token URL answers pages of Patchbay’s own origin', async () => {
    const answer = await send(patchbay, '/development/token?as=cleo', { headers: { origin: patchbay.url } })
    expect(JSON.parse(answer.text)).toMatchObject({ token: expect.stringMatching(/^eyJ/) })
  })

  test('the page may run only its own files and call only Patchbay, and cannot be framed', async () => {
    const { headers } = await send(patchbay, '/', { headers: HTML })
    const policy = String(headers['content-security-policy']).split('; ')
    expect(policy.sort()).toEqual([
      "base-uri 'none'",
      `connect-src 'self' ${patchbay.url.replace('http', 'ws')}`,
      "default-src 'none'",
      "font-src 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "script-src 'self'",
      "style-src 'self'",
    ])
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin-allow-popups',
      'permissions-policy': expect.stringContaining('camera=()'),
    })
    expect(headers).not.toHaveProperty('strict-transport-security')
  })

  test.each(PAGES)(
    'the origins that the operator allows may show %s in a frame, if browsers agree on the site',
    async (path) => {
      const framed = (headers: object) =>
        send(embedded, path, { headers: { ...HTML, 'sec-fetch-dest': 'iframe', ...headers } })
      for (const site of ['same-site', 'same-origin', 'none']) {
        const { headers } = await framed({ 'sec-fetch-site': site })
        expect(headers['content-security-policy']).toContain(`frame-ancestors ${ALLOWED.join(' ')};`)
        expect(headers).not.toHaveProperty('x-frame-options')
      }
      const elsewhere = await framed({ 'sec-fetch-site': 'cross-site' })
      expect(elsewhere.headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(elsewhere.headers['x-frame-options']).toBe('DENY')
    },
  )

  test('nothing but the wizard’s pages may be in a frame', async () => {
    const unknown = '/connect/00000000-0000-4000-8000-000000000000'
    for (const path of [unknown, `${unknown}/result`, `${unknown}/choice`, '/oauth/callback/acme-mail', '/nowhere']) {
      const { headers } = await send(embedded, path, { headers: HTML })
      expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'")
      expect(headers['x-frame-options'], path).toBe('DENY')
    }
  })

  test('assets are cached permanently by browsers and proxies', async () => {
    const script = await send(patchbay, SCRIPT)
    expect(script).toMatchObject({
      status: 200,
      text: 'document.title = "built"',
      headers: {
        'content-type': expect.stringMatching(/^text\/javascript/),
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
        vary: 'Accept-Encoding',
      },
    })
    const font = await send(patchbay, FONT, { headers: { 'accept-encoding': 'br' } })
    expect(font).toMatchObject({ status: 200, headers: { 'content-type': 'font/woff2' } })
    expect(font.headers).not.toHaveProperty('content-encoding')
  })

  test.each([
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
  ])('a client that accepts %s gets an asset compressed as %s', async (accepted, encoding, decompress) => {
    const { headers, body } = await bytes(patchbay, SCRIPT, { 'accept-encoding': accepted })
    expect(headers).toMatchObject({
      'content-encoding': encoding,
      'content-type': expect.stringMatching(/^text\/javascript/),
      vary: 'Accept-Encoding',
      'content-length': String(body.length),
    })
    expect(decompress(body).toString()).toBe('document.title = "built"')
  })

  test('HEAD answers like GET, without a body', async () => {
    for (const path of ['/', '/mine', SCRIPT]) {
      const [got, head] = await Promise.all([send(patchbay, path), send(patchbay, path, { method: 'HEAD' })])
      expect(head).toMatchObject({ status: 200, text: '' })
      for (const name of ['content-type', 'cache-control', 'content-security-policy'])
        expect(head.headers[name]).toBe(got.headers[name])
    }
  })

  test.each(['POST', 'PUT', 'DELETE'])('%s is refused at every address of the wizard', async (method) => {
    for (const path of [...PAGES, SCRIPT]) {
      const answer = await send(patchbay, path, { method })
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    }
  })

  test('a file that was not built returns 404, and the answer is not cached', async () => {
    for (const path of ['/assets/app-0ld.js', '/assets/', '/assets/x/y.css']) {
      const answer = await send(patchbay, path, { headers: HTML })
      expect(answer).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' } })
      expect(answer.text).not.toContain('<')
    }
    for (const path of ['/index.html', '/secret.txt', '/plugins', '/plugins/', '/plugins/a/b', '/mine/x', '/other'])
      expect(await send(patchbay, path, { headers: HTML })).toMatchObject({ status: 404 })
  })

  test('no path leads outside the assets', async () => {
    for (const path of [
      '/assets/../secret.txt',
      '/assets/..%2fsecret.txt',
      '/assets/%2e%2e/secret.txt',
      '/assets/%2e%2e%2fsecret.txt',
      '/assets/..%5csecret.txt',
      '/assets/..\\secret.txt',
      '/assets/....//secret.txt',
      '/assets//etc/passwd',
      '/assets/%00',
      '/assets/%c0%ae%c0%ae/secret.txt',
    ]) {
      const answer = await send(patchbay, path)
      expect(answer.status, path).toBe(404)
      expect(answer.text, path).not.toContain('not an asset')
    }
  })

  test('a foreign Host is refused, and another name of this machine redirects to the public URL', async () => {
    const byName = new URL(patchbay.url).host.replace('localhost', '127.0.0.1')
    for (const path of PAGES) {
      const foreign = await send(patchbay, path, { headers: { host: 'rebound.example', ...HTML } })
      expect(foreign.status).toBe(421)
      expect(foreign.text).toContain(`href="${patchbay.url}"`)
      const elsewhere = await send(patchbay, `${path}?as=ben`, { headers: { host: byName, ...HTML } })
      expect(elsewhere).toMatchObject({ status: 307, headers: { location: `${patchbay.url}${path}?as=ben` } })
    }
    expect(await send(patchbay, SCRIPT, { headers: { host: 'rebound.example' } })).toMatchObject({ status: 421 })
  })

  describe('behind a proxy that ends TLS', () => {
    const publicUrl = 'https://localhost:8443'
    let tls: Patchbay
    let at: { url: string }
    beforeAll(async () => {
      const port = String(await freePort())
      at = { url: `http://127.0.0.1:${port}` }
      tls = await startPatchbay(
        { PATCHBAY_PORT: port, PATCHBAY_PUBLIC_URL: publicUrl },
        { wizardFolder: wizard.folder },
      )
    })
    afterAll(() => tls.close())

    test.each([
      ['Host is passed on', { host: 'localhost:8443' }],
      ['only X-Forwarded-For is sent', { 'x-forwarded-for': '127.0.0.1' }],
      ['only X-Forwarded-Proto is sent', { 'x-forwarded-proto': 'https' }],
      ['only Forwarded is sent', { forwarded: 'for=127.0.0.1;proto=https' }],
    ])('every page is served if %s', async (_name, headers) => {
      for (const path of PAGES)
        expect(await send(at, path, { headers: { ...headers, ...HTML } })).toMatchObject({ status: 200 })
      const explorer = await send(at, '/graphql', { headers: { ...headers, ...HTML } })
      expect(explorer.text).toContain(`${publicUrl}/graphql?as=ben`)
    })

    test('a visit that bypasses the proxy redirects to the public URL, and a foreign Host is refused', async () => {
      expect(await send(at, '/mine', { headers: HTML })).toMatchObject({
        status: 307,
        headers: { location: `${publicUrl}/mine` },
      })
      const foreign = { host: 'rebound.example', 'x-forwarded-for': '127.0.0.1', ...HTML }
      expect(await send(at, '/', { headers: foreign })).toMatchObject({ status: 421 })
    })
  })

  test('requests for the wizard are counted by route, without the names in their paths', async () => {
    await send(patchbay, '/plugins/meeting-assistant')
    await send(patchbay, SCRIPT)
    const metrics = await (await fetch(`${patchbay.url}/metrics`)).text()
    expect(metrics).toMatch(/patchbay_http_requests_total\{route="wizard",method="GET",status="200"\}/)
    expect(metrics).toMatch(/patchbay_http_requests_total\{route="asset",method="GET",status="200"\}/)
    expect(metrics).not.toContain('meeting-assistant')
  })

  test('a page of Patchbay’s own origin can subscribe over WebSocket and SSE', async () => {
    const authorization = `Bearer ${await patchbay.tokenFor('ada')}`
    const query = 'subscription { connectionStatus { revision } }'
    const socket = await RawSocket.open(patchbay, { origin: patchbay.url })
    await socket.init(authorization)
    expect(await socket.execute(query)).toMatchObject({ type: 'next', payload: { data: { connectionStatus: {} } } })
    socket.terminate()

    const stream = await fetch(`${patchbay.url}/graphql`, {
      method: 'POST',
      headers: {
        authorization,
        origin: patchbay.url,
        accept: 'text/event-stream',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ query }),
    })
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    let text = ''
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk).toString()
      if (text.includes('connectionStatus')) break
    }
    expect(text).toContain('connectionStatus')
  })
})

test('a stopping instance still serves the wizard', async () => {
  const patchbay = await startPatchbay({ PATCHBAY_DRAIN_SPREAD: '1' }, { wizardFolder: wizard.folder })
  const closing = patchbay.instance.close()
  for (const path of ['/', SCRIPT]) expect(await send(patchbay, path)).toMatchObject({ status: 200 })
  await closing
  await patchbay.close()
})

test('if the wizard was not built, the root redirects to GraphiQL', async () => {
  await using patchbay = await startPatchbay({}, { wizardFolder: join(wizard.folder, 'nowhere') })
  expect(patchbay.instance.wizard).toBe(false)
  for (const method of ['GET', 'HEAD'])
    expect(await send(patchbay, '/', { method })).toMatchObject({ status: 307, headers: { location: '/graphql' } })
  expect(await send(patchbay, '/mine')).toMatchObject({ status: 404 })
})

describe('in production', () => {
  const start = async (env: Record<string, string>, folder = wizard.folder): Promise<Instance> => {
    const port = String(await freePort())
    const config = readConfig({
      PATCHBAY_ENV: 'production',
      PATCHBAY_PORT: port,
      PATCHBAY_PUBLIC_URL: `http://localhost:${port}`,
      PATCHBAY_KEYS: randomBytes(32).toString('base64'),
      PATCHBAY_JWT_SECRET: randomBytes(32).toString('base64'),
      PATCHBAY_JWT_ISSUER: 'host',
      PATCHBAY_JWT_AUDIENCE: 'patchbay',
      PATCHBAY_DRAIN_SPREAD: '0',
      ...env,
    })
    const database = await openTestDatabase()
    return startInstance(config, pino({ level: 'silent' }), {
      openDatabase: async () => database,
      wizardFolder: folder,
    })
  }

  test('no wizard is served without a token URL', async () => {
    const app = await start({})
    try {
      expect(await send(app, '/', { headers: HTML })).toMatchObject({ status: 307, headers: { location: '/graphql' } })
      for (const path of ['/mine', SCRIPT]) expect(await send(app, path)).toMatchObject({ status: 404 })
    } finally {
      await app.close()
    }
  })

  test('the wizard is given the host’s token URL, and may call it', async () => {
    const PATCHBAY_WIZARD_TOKEN_URL = 'https://app.example/patchbay-token'
    const PATCHBAY_WIZARD_SIGN_IN_URL = 'https://app.example/sign-in'
    const app = await start({ PATCHBAY_WIZARD_TOKEN_URL, PATCHBAY_WIZARD_SIGN_IN_URL, PATCHBAY_LANGUAGE: 'de' })
    try {
      const page = await send(app, '/connections', { headers: HTML })
      expect(factsIn(page.text)).toEqual({
        tokenUrl: PATCHBAY_WIZARD_TOKEN_URL,
        signInUrl: PATCHBAY_WIZARD_SIGN_IN_URL,
        language: 'de',
        people: null,
        sandboxUrl: null,
        explorerUrl: null,
        signOutUrl: null,
        isStaging: false,
        brand: OWN_BRAND,
      })
      const sources = `connect-src 'self' ${app.url.replace('http', 'ws')} https://app.example;`
      expect(page.headers['content-security-policy']).toContain(sources)
      expect(await send(app, SCRIPT)).toMatchObject({ status: 200 })
    } finally {
      await app.close()
    }
  })

  test('the server refuses to start if the wizard is configured but was not built', async () => {
    const env = { PATCHBAY_WIZARD_TOKEN_URL: '/patchbay-token' }
    await expect(start(env, join(wizard.folder, 'nowhere'))).rejects.toThrow(/PATCHBAY_WIZARD_TOKEN_URL.*npm run build/)
  })
})

describe('the wizard’s page', () => {
  const facts = {
    tokenUrl: '/token',
    signInUrl: null,
    language: null,
    people: null,
    sandboxUrl: null,
    explorerUrl: null,
    signOutUrl: null,
    isStaging: false,
    brand: { name: 'Patchbay', logo: null },
  }
  const brand = createBrand({})

  test('contains every value intact, and no value can end the script element', () => {
    const hostile = '</script><script>alert(1)</script><!-- <script> $& $` \u2028 "quoted"'
    const html = wizardPage(
      '<head><!--patchbay--></head>',
      { ...facts, signInUrl: hostile },
      createBrand({ name: '<b>& Co' }),
    )
    expect(html).toContain('<title>&lt;b&gt;&amp; Co</title>')
    expect(html.match(/<\/?script/g)).toHaveLength(2)
    expect(html).not.toContain('<!--')
    expect(factsIn(html)).toEqual({ ...facts, signInUrl: hostile })
  })

  test('is refused at the start if the build has no place for the values', async () => {
    expect(() => wizardPage('<head></head>', facts, brand)).toThrow('<!--patchbay--> once')
    await using broken = await buildWizard()
    await writeFile(join(broken.folder, 'index.html'), '<head></head>')
    const built = { folder: broken.folder, facts, publicUrl: 'http://localhost:4000', brand, frameAncestors: [] }
    await expect(createWizardRoutes(built)).rejects.toThrow('<!--patchbay--> once')
  })
})

/** The body of a response as it arrived, compressed or not. */
function bytes({ url }: Pick<Patchbay, 'url'>, path: string, headers: Record<string, string>) {
  return new Promise<{ headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    request(`${url}${path}`, { headers, agent: false }, (response) => {
      buffer(response).then((body) => resolve({ headers: response.headers, body }), reject)
    })
      .on('error', reject)
      .end()
  })
}
