import { expect, test } from 'vitest'
import { ProviderSchema } from '../../src/domain/catalogue/provider.js'
import { OAuthError } from '../../src/domain/ports/oauth-client.js'
import { createOAuthClient } from '../../src/outbound/oauth-client.js'

const ISSUER = 'https://issuer.example'
const client = createOAuthClient(() => Promise.reject(new Error('nothing is fetched')), { allowInsecure: false })

/** Returns the code of the error for a callback with this `iss`, or null if it passes. */
function faultOf(iss: string | undefined, settings: { issuer?: string; requiresIssuer?: boolean }): string | null {
  const urls = { authorizationUrl: `${ISSUER}/authorize`, tokenUrl: `${ISSUER}/token` }
  const provider = ProviderSchema.parse({ ...urls, ...settings })
  const credentials = { clientId: 'patchbay', clientSecret: 'a-client-secret' }
  const parameters = new URLSearchParams({ code: 'a-code', state: 'a-state', ...(iss !== undefined && { iss }) })
  try {
    client.checkCallback({ provider, credentials, redirectUri: 'https://patchbay.example' }, parameters)
    return null
  } catch (error) {
    if (error instanceof OAuthError) return error.code
    throw error
  }
}

const announced = { issuer: ISSUER, requiresIssuer: true }
const known = { issuer: ISSUER }

test.each([
  ['the issuer’s', ISSUER, announced, null],
  ['no', undefined, announced, 'ISSUER_MISMATCH'],
  ['an empty', '', announced, 'ISSUER_MISMATCH'],
  ['the issuer’s', ISSUER, known, null],
  ['no', undefined, known, null],
  ['an empty', '', known, 'ISSUER_MISMATCH'],
  ['another’s', 'https://other.example', known, 'ISSUER_MISMATCH'],
  ['another’s', 'https://other.example', {}, null],
  ['an empty', '', {}, null],
])('O10: a callback with %s iss (%j), from a provider with %j: %s', (_name, iss, settings, fault) => {
  expect(faultOf(iss, settings)).toBe(fault)
})
