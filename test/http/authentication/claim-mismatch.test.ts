import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config/environment.js'
import { createHostTokens } from '../../../src/http/authentication/host-tokens.js'
import { createLogger } from '../../../src/observability/logger.js'
import { createMetrics } from '../../../src/observability/metrics.js'
import { createTelemetry } from '../../../src/observability/telemetry.js'

const SECRET = 'a shared secret of more than 32 characters'
const { tokens } = readConfig({
  PATCHBAY_JWT_SECRET: SECRET,
  PATCHBAY_JWT_ISSUER: 'https://host.example,https://other.example',
  PATCHBAY_JWT_AUDIENCE: 'patchbay',
})
const { verify } = createHostTokens({ tokens, developmentSecret: undefined })

const signed = (claims: object) =>
  new SignJWT({ sub: 'ada', org: 'northwind', iss: 'https://host.example', aud: 'patchbay', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET))

const ISSUERS = ['https://host.example', 'https://other.example']

test.each([
  [{ iss: 'https://host.example/' }, { claim: 'iss', expected: ISSUERS, actual: 'https://host.example/' }],
  [{ iss: undefined }, { claim: 'iss', expected: ISSUERS, actual: null }],
  [{ iss: 'x'.repeat(5_000) }, { claim: 'iss', expected: ISSUERS, actual: 'x'.repeat(200) }],
  [{ aud: ['a', 'b'] }, { claim: 'aud', expected: ['patchbay'], actual: 'a,b' }],
])('a token with %j is refused, and operators learn what was expected', async (claims, mismatch) => {
  const error = await verify(await signed(claims)).catch((refusal) => refusal)
  expect(error).toMatchObject({ reason: 'claim', mismatch })
  expect(error.message).toMatch(/Operators find both values in the log\.$/)
  const lines: string[] = []
  const logger = createLogger('info', { write: (line: string) => void lines.push(line) })
  createTelemetry(logger, createMetrics()).credentialRefused(error.reason, error.message, error.mismatch)
  expect(lines.map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ reason: 'claim', ...mismatch })])
})

test('no other reason says what a token contains', async () => {
  for (const token of [await signed({ org: undefined }), `${await signed({})}x`]) {
    expect(await verify(token).catch((refusal) => refusal)).toHaveProperty('mismatch', undefined)
  }
})
