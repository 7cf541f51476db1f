import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Instance, startInstance } from '../../../src/app/app.js'
import { readConfig } from '../../../src/config/environment.js'
import { type BuiltWizard, buildWizard } from '../../support/built-wizard.js'
import { type Chromium, openChromium } from '../../support/chromium.js'
import { openTestDatabase } from '../../support/database.js'
import { freePort } from '../../support/free-port.js'
import { type RunningProcess, runProcess } from '../../support/running-process.js'

const REPOSITORY = new URL('../../../', import.meta.url)
const SESSION = { name: 'session', value: 'adas-session', httpOnly: true, sameSite: 'Lax' } as const

/** A page that uses the facts as the wizard does, and shows the result in its title. */
const SCRIPT = `
const { tokenUrl } = JSON.parse(document.getElementById('patchbay').textContent)
const answer = await fetch(tokenUrl, { credentials: 'include', headers: { accept: 'application/json' } })
const { token } = answer.ok ? await answer.json() : {}
const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' }
const body = JSON.stringify({ query: '{ viewer { name } }' })
const viewer = token && (await (await fetch('/graphql', { method: 'POST', headers, body })).json()).data.viewer
document.title = answer.status + ' ' + viewer?.name
`

let host: RunningProcess
let hostUrl: string
let wizard: BuiltWizard
let app: Instance
beforeAll(async () => {
  const page = await readFile(new URL('docs/wizard.md', REPOSITORY), 'utf8')
  const [, source = ''] = page.match(/```js\n([\s\S]*?)```/) ?? []
  const [port, hostPort] = await Promise.all([freePort(), freePort()])
  const publicUrl = `http://localhost:${port}`
  hostUrl = `http://localhost:${hostPort}`
  const secret = randomBytes(32).toString('base64')
  host = await runProcess(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: REPOSITORY.pathname,
    env: { ...process.env, CONNECT_URL: publicUrl, CONNECT_JWT_SECRET: secret, PORT: String(hostPort) },
    ready: /Tokens at port/,
  })
  wizard = await buildWizard(SCRIPT)
  const config = readConfig({
    PATCHBAY_ENV: 'production',
    PATCHBAY_DRAIN_SPREAD: '0',
    PATCHBAY_PORT: String(port),
    PATCHBAY_PUBLIC_URL: publicUrl,
    PATCHBAY_KEYS: randomBytes(32).toString('base64'),
    PATCHBAY_JWT_SECRET: secret,
    PATCHBAY_JWT_ISSUER: 'https://app.example.com',
    PATCHBAY_JWT_AUDIENCE: 'patchbay',
    PATCHBAY_WIZARD_TOKEN_URL: `${hostUrl}/patchbay-token`,
  })
  const database = await openTestDatabase()
  const parts = { openDatabase: async () => database, wizardFolder: wizard.folder }
  app = await startInstance(config, pino({ level: 'silent' }), parts)
})
afterAll(async () => {
  await app?.close()
  await host?.stop()
  await wizard?.[Symbol.asyncDispose]()
})

test('Patchbay in production accepts a token from the documented endpoint', async () => {
  const answer = await fetch(`${hostUrl}/patchbay-token`, {
    headers: { cookie: `theme=dark; session=${SESSION.value}` },
  })
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const { token } = (await answer.json()) as { token: string }
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ viewer { name } }' }),
  })
  expect(await response.json()).toEqual({ data: { viewer: { name: 'Ada' } } })
})

test.each([undefined, 'session=somebody-elses', 'my-session=adas-session'])(
  'the documented endpoint gives no token to a request with the cookies %s',
  async (cookie) => {
    const answer = await fetch(`${hostUrl}/patchbay-token`, { headers: cookie ? { cookie } : {} })
    expect(answer.status).toBe(401)
    expect(await answer.text()).toBe('')
  },
)

describe('in Chromium', { tags: 'chromium' }, () => {
  let chromium: Chromium
  beforeAll(async () => {
    chromium = await openChromium()
  })
  afterAll(() => chromium?.close())

  test.each([
    [
      'a user who is signed in to the host, on another origin of the same site, is signed in to the wizard',
      true,
      '200 Ada',
    ],
    ['a user who is not signed in to the host gets a 401 that the wizard can read', false, '401 undefined'],
  ])('%s', async (_promise, signedIn, title) => {
    const profile = await chromium.newContext()
    if (signedIn) await profile.addCookies([{ ...SESSION, url: hostUrl }])
    const page = await profile.newPage()
    await page.goto(app.url)
    await expect.poll(() => page.title()).toBe(title)
    await profile.close()
  })

  test('a page of any other origin cannot read the token, although the cookie is sent', async () => {
    const elsewhere = createServer((_request, response) => void response.end('<p>elsewhere')).listen(0, 'localhost')
    await once(elsewhere, 'listening')
    const profile = await chromium.newContext()
    await profile.addCookies([{ ...SESSION, url: hostUrl }])
    const page = await profile.newPage()
    await page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}`)
    const fetchToken = (url: string) => fetch(url, { credentials: 'include' }).then(() => 'read')
    const read = page.evaluate(fetchToken, `${hostUrl}/patchbay-token`)
    await expect(read).rejects.toThrow('Failed to fetch')
    await profile.close()
    elsewhere.close()
  })
})
