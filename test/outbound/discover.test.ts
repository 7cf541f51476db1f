import { expect, test } from 'vitest'
import { DiscoveryError } from '../../src/domain/ports/discovery.js'
import { createDiscover } from '../../src/outbound/discover.js'

const ISSUER = 'https://issuer.example'
const METADATA = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  response_types_supported: ['code'],
}

/** Discovers an issuer whose metadata is this. */
function discover(metadata: unknown) {
  return createDiscover(async () => Response.json(metadata), { allowInsecure: false })(ISSUER)
}

test('an issuer’s metadata says how to use it', async () => {
  expect(await discover(METADATA)).toMatchObject({
    tokenUrl: `${ISSUER}/token`,
    revocationUrl: null,
    clientAuthentication: 'client_secret_basic',
    identity: null,
  })
  const posting = { ...METADATA, token_endpoint_auth_methods_supported: ['client_secret_post'] }
  expect(await discover(posting)).toMatchObject({ clientAuthentication: 'client_secret_post' })
  const nulls = { revocation_endpoint: null, code_challenge_methods_supported: null, userinfo_endpoint: null }
  expect(await discover({ ...METADATA, ...nulls })).toMatchObject({ revocationUrl: null, pkce: true, identity: null })
})

test.each([
  ['token_endpoint_auth_methods_supported', 'client_secret_post'],
  ['token_endpoint_auth_methods_supported', { includes: true }],
  ['code_challenge_methods_supported', 7],
  ['revocation_endpoint', ['https://issuer.example/revoke']],
  ['userinfo_endpoint', 7],
  ['authorization_endpoint', {}],
  ['token_endpoint', []],
  ['authorization_response_iss_parameter_supported', 'yes'],
])('metadata whose %s is %j is refused with its name', async (member, value) => {
  await expect(discover({ ...METADATA, [member]: value })).rejects.toThrow(
    expect.objectContaining({ name: DiscoveryError.name, message: expect.stringContaining(member) }),
  )
})

test.each([[[]], ['text'], [7], [null], [{}]])('metadata that is %j is refused', async (metadata) => {
  await expect(discover(metadata)).rejects.toBeInstanceOf(DiscoveryError)
})
