import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../support/callers.js'
import { startExample } from '../support/examples.js'
import { freePort } from '../support/free-port.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { PATIENT } from '../support/patience.js'
import type { RunningProcess } from '../support/running-process.js'

const ENTRY = 'examples/token-endpoint/server.ts'

describe('the token endpoint', PATIENT, () => {
  let folder: string
  let host: RunningProcess
  let hostUrl: string
  let patchbay: Patchbay
  const start = (env: Record<string, string>) =>
    startExample('token-endpoint', ENTRY, {
      env: { PORT: new URL(hostUrl).port, API_URL: patchbay.url, ...env },
      ready: /The token endpoint is/,
    })
  const signIn = async (user: string) => {
    const response = await fetch(`${hostUrl}/sign-in?as=${user}`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([303, patchbay.url])
    return response.headers.get('set-cookie') ?? ''
  }
  const ask = (headers: Record<string, string>) => fetch(`${hostUrl}/patchbay-token`, { headers })
  const tokenOf = async (user: string) => {
    const [cookie = ''] = (await signIn(user)).split(';')
    const response = await ask({ cookie: `theme=dark; ${cookie}`, origin: patchbay.url })
    expect(response.status).toBe(200)
    return ((await response.json()) as { token: string }).token
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patchbay-host-'))
    hostUrl = `http://localhost:${await freePort()}`
    patchbay = await startPatchbay({
      PATCHBAY_JWKS_URL: `${hostUrl}/.well-known/jwks.json`,
      PATCHBAY_JWT_ISSUER: hostUrl,
      PATCHBAY_JWT_AUDIENCE: 'patchbay',
      PATCHBAY_WIZARD_TOKEN_URL: `${hostUrl}/patchbay-token`,
      PATCHBAY_WIZARD_SIGN_IN_URL: `${hostUrl}/sign-in`,
    })
    host = await start({})
  })
  afterAll(async () => {
    await host?.stop()
    await patchbay?.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('gives the signed-in user a short token that Patchbay accepts', async () => {
    const token = await tokenOf('user-7')
    const { iat = 0, exp = 0, ...claims } = decodeJwt(token)
    expect(claims).toEqual({
      sub: 'user-7',
      org: 'northwind',
      org_name: 'Northwind',
      name: 'Grace',
      iss: hostUrl,
      aud: 'patchbay',
    })
    expect(exp - iat).toBe(600)
    const query = '{ viewer { name organization { name } } }'
    expect(await call(patchbay, token, query)).toMatchObject({
      data: { viewer: { name: 'Grace', organization: { name: 'Northwind' } } },
    })
    expect(await call(patchbay, await tokenOf('user-8'), query)).toMatchObject({ data: { viewer: { name: 'Linus' } } })
  })

  test('gives nothing to anyone who isn’t signed in, and to no page but Patchbay’s', async () => {
    const [cookie = ''] = (await signIn('user-7')).split(';')
    for (const headers of [{}, { cookie: 'session=guessed' }, { cookie: 'session=' }]) {
      const response = await ask(headers)
      expect([response.status, await response.text()]).toEqual([401, ''])
    }
    const foreign = await ask({ cookie, origin: 'https://evil.example' })
    expect([foreign.status, await foreign.text()]).toEqual([403, ''])
    expect(foreign.headers.get('access-control-allow-origin')).toBe(patchbay.url)
    expect((await fetch(`${hostUrl}/patchbay-token`, { method: 'POST', headers: { cookie } })).status).toBe(405)
    expect((await fetch(`${hostUrl}/sign-in?as=nobody`, { redirect: 'manual' })).status).toBe(404)
  })

  test('isn’t cached, and lets the wizard read the answer with cookies', async () => {
    const { headers } = await ask({ origin: patchbay.url })
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'access-control-allow-origin': patchbay.url,
      'access-control-allow-credentials': 'true',
    })
    expect(await signIn('user-7')).toMatch(/; HttpOnly; SameSite=Lax$/)
  })

  test('publishes the public half of the key in the file, and refuses production without one', async () => {
    const file = join(folder, 'key.pem')
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    expect(await host.stop()).toBe(0)
    const env = { NODE_ENV: 'production' }
    await expect(start(env)).rejects.toThrow('Set SIGNING_KEY_FILE')
    const published = async () => (await fetch(`${hostUrl}/.well-known/jwks.json`)).json()
    const seen: unknown[] = []
    for (let times = 0; times < 2; times++) {
      await using _server = await start({ ...env, SIGNING_KEY_FILE: file })
      seen.push(await published())
    }
    expect(seen[0]).toEqual({
      keys: [
        {
          kty: 'EC',
          crv: 'P-256',
          x: expect.any(String),
          y: expect.any(String),
          kid: expect.any(String),
          alg: 'ES256',
          use: 'sig',
        },
      ],
    })
    expect(seen[1]).toEqual(seen[0])
  })
})
