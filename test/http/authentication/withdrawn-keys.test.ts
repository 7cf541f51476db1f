import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readConfig } from '../../../src/config/environment.js'
import type { Caller } from '../../../src/domain/identity/caller.js'
import { createAuthenticate } from '../../../src/http/authentication/authenticate.js'
import { createHostTokens } from '../../../src/http/authentication/host-tokens.js'

const MINUTE = 60_000
const server = createServer((_request, response) => {
  if (served) response.end(JSON.stringify({ keys: served }))
  else response.writeHead(503).end()
})

let served: JWK[] | undefined
let authenticate: (authorization: string) => Promise<Caller>
let authorization: string

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { tokens } = readConfig({ PATCHBAY_JWKS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  const never = () => Promise.reject(new Error('this is a user’s token'))
  const authenticateFrom = createAuthenticate({
    verifyToken: createHostTokens({ tokens, developmentSecret: undefined }).verify,
    verifyKeys: never,
    verifySessions: never,
    onKeyUsed: () => {},
    rateLimits: { take: () => {}, refuses: () => false },
    telemetry: { keyRefused: () => {}, credentialRefused: () => {} },
  })
  authenticate = (authorization) => authenticateFrom(authorization, () => '192.0.2.1')
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  served = [{ ...(await exportJWK(publicKey)), kid: 'one' }]
  const token = new SignJWT({ sub: 'dora', org: 'hosted' }).setProtectedHeader({ alg: 'ES256', kid: 'one' })
  authorization = `Bearer ${await token.setExpirationTime('1 day').sign(privateKey)}`
  await authenticate(authorization)
})
afterEach(async () => {
  vi.useRealTimers()
  await new Promise((resolve) => server.close(resolve))
})

test('a token that was accepted is refused within two minutes of its key leaving the host’s JWKS', async () => {
  served = []
  vi.setSystemTime(Date.now() + 2 * MINUTE)
  await expect(authenticate(authorization)).rejects.toThrow('The token is invalid.')
})

test('while the host’s JWKS can’t be read, the last keys count for ten minutes', async () => {
  served = undefined
  vi.setSystemTime(Date.now() + 9 * MINUTE)
  expect(await authenticate(authorization)).toMatchObject({ kind: 'user', viewer: { subject: 'dora' } })
  vi.setSystemTime(Date.now() + 2 * MINUTE)
  await expect(authenticate(authorization)).rejects.toThrow('JWKS cannot be read')
})
