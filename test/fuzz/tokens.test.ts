import fc from 'fast-check'
import { type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOST, HOST_ISSUER, hostToken } from '../support/host-user.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { send } from '../support/raw.js'
import { FUZZING, fuzz } from './fuzz.js'
import { json, text } from './values.js'

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay({ ...HOST, PATCHBAY_WRONG_CREDENTIALS_PER_MINUTE: '0' })
})
afterAll(() => patchbay.close())

/** What Node's HTTP client can send in a header. */
const sendable = (value: string) => value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?')

async function statusFor(authorization: string): Promise<number> {
  const { status, text } = await send(patchbay, '/graphql', {
    headers: { authorization: sendable(authorization), 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ viewer { revision setups { id } } }' }),
  })
  expect(text).not.toContain('INTERNAL_SERVER_ERROR')
  return status
}

test('G23: no Authorization header causes an internal error', FUZZING, async () => {
  const token = await hostToken()
  const [header = '', payload = '', signature = ''] = token.split('.')
  const part = fc.oneof(text, fc.base64String(), fc.constantFrom(header, payload, signature))
  const headers = fc.oneof(
    text,
    text.map((value) => `Bearer ${value}`),
    fc.tuple(part, part, part).map((parts) => `Bearer ${parts.join('.')}`),
    json.map((value) => `Bearer ${Buffer.from(JSON.stringify(value)).toString('base64url')}.${payload}.${signature}`),
    text.map((value) => `Bearer patchbay_${value}`),
    fc
      .tuple(fc.nat(token.length - 1), fc.base64String({ minLength: 4, maxLength: 8 }))
      .map(([at, part]) => `Bearer ${token.slice(0, at)}${part}${token.slice(at + part.length)}`),
  )
  await fuzz('tokens', headers, async (authorization) => {
    expect([200, 400, 401, 431]).toContain(await statusFor(authorization))
  })
})

test('G23: no claim of a token with a right signature causes an internal error', FUZZING, async () => {
  const key = new TextEncoder().encode(HOST.PATCHBAY_JWT_SECRET)
  const claims = fc.record(
    { sub: json, org: json, org_name: json, name: json, roles: json, iat: json, exp: json, nbf: json, jti: json },
    { requiredKeys: [] },
  )
  const usable = claims.map((drawn) => ({ sub: 'fuzzed', org: 'fuzzed', ...drawn }))
  await fuzz('claims', usable, async (payload) => {
    const token = await new SignJWT({ ...(payload as JWTPayload), iss: HOST_ISSUER, aud: HOST.PATCHBAY_JWT_AUDIENCE })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(key)
    expect([200, 401, 431]).toContain(await statusFor(`Bearer ${token}`))
  })
})
