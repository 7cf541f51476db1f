import { expect, test } from 'vitest'
import { ProviderSchema } from '../../src/domain/catalogue/provider.js'
import { OAuthError } from '../../src/domain/ports/oauth-client.js'
import { createOAuthClient } from '../../src/outbound/oauth-client.js'
import { providerCatalogue } from '../../src/providers/catalogue.js'

const client = createOAuthClient(() => Promise.reject(new Error('nothing is fetched')), { allowInsecure: false })
const urls = { authorizationUrl: 'https://app.example/authorize', tokenUrl: 'https://app.example/token' }
const plain = ProviderSchema.parse(urls)

/** How a callback with this query ends its authorization: the failure and the provider's code, or null if it continues. */
function endOf(query: string, provider = plain): string | null {
  const credentials = { clientId: 'patchbay', clientSecret: 'a-client-secret' }
  try {
    const parameters = new URLSearchParams(`state=a-state&${query}`)
    client.checkCallback({ provider, credentials, redirectUri: 'https://patchbay.example' }, parameters)
    return null
  } catch (error) {
    if (error instanceof OAuthError) return [error.code, error.detail].filter(Boolean).join(' ')
    throw error
  }
}

test.each([
  ['access_denied', 'RFC 6749'],
  ['Access_Denied', 'odd case'],
  ['access-denied', 'a hyphen'],
  ['user_cancelled_login', 'LinkedIn'],
  ['user_cancelled_authorize', 'LinkedIn, Apple'],
  ['user_denied', 'some clients of Facebook'],
  ['permission_denied', 'Entra, an administrator'],
  ['cancelled', 'others'],
  ['canceled', 'others'],
  ['user%20cancelled', 'others'],
])('O13: error=%s (%s) means that the person declined', (error) => {
  expect(endOf(`error=${error}&error_description=No`)).toBe('DENIED_BY_USER')
})

test.each([
  ['error=access_denied&error_code=200&error_reason=user_denied', 'DENIED_BY_USER', 'Facebook'],
  ['error_reason=user_denied&error_description=The+user+denied+your+request.', 'DENIED_BY_USER', 'old Facebook'],
  ['error_code=1349126&error_message=App+not+active', 'APP_REFUSED 1349126', 'Facebook without error'],
  ['error=access_denied&error_subcode=cancel', 'DENIED_BY_USER', 'Microsoft accounts'],
  ['error=access_denied&errCode=-2', 'DENIED_BY_USER', 'TikTok'],
  ['error=consent_required', 'INTERACTION_REQUIRED consent_required', 'OpenID Connect'],
  ['error=interaction_required', 'INTERACTION_REQUIRED interaction_required', 'OpenID Connect'],
  ['error=login_required', 'INTERACTION_REQUIRED login_required', 'OpenID Connect'],
  ['error=account_selection_required', 'INTERACTION_REQUIRED account_selection_required', 'OpenID Connect'],
  ['error=server_error', 'APP_UNAVAILABLE server_error', 'RFC 6749'],
  ['error=internal_server_error', 'APP_UNAVAILABLE internal_server_error', 'others'],
  ['error=admin_policy_enforced', 'APPROVAL_PENDING admin_policy_enforced', 'Google'],
  ['error=invalid_scope', 'APP_REFUSED invalid_scope', 'RFC 6749'],
  ['error=The+app+is+closed', 'APP_REFUSED', 'a sentence'],
  ['error_description=Something+went+wrong', 'APP_REFUSED', 'a description without error'],
  ['error=&error_description=No', 'APP_REFUSED', 'an empty error'],
])('O13: a callback with %s ends as %s (%s)', (query, end) => {
  expect(endOf(query)).toBe(end)
})

test.each([
  ['setup_action=request', 'APPROVAL_PENDING', 'GitHub, an owner was asked'],
  ['setup_action=install&installation_id=7', 'APPROVAL_GRANTED', 'GitHub, without user authorization'],
  ['setup_action=update&installation_id=7', 'APPROVAL_GRANTED', 'GitHub, other repositories'],
  ['admin_consent=True&tenant=a-tenant', 'APPROVAL_GRANTED', 'Entra'],
  ['admin_consent=true&tenant=a-tenant', 'APPROVAL_GRANTED', 'Entra, other case'],
  ['admin_consent=False&tenant=a-tenant', 'APPROVAL_PENDING', 'Entra, not granted'],
  ['', 'NO_CODE_RECEIVED', 'a state alone'],
  ['code=', 'NO_CODE_RECEIVED', 'an empty code'],
  ['code=&error=', 'NO_CODE_RECEIVED', 'both empty'],
  ['realmId=7', 'NO_CODE_RECEIVED', 'only its own parameters'],
  ['access_token=a-token', 'NO_CODE_RECEIVED', 'a token instead of a code'],
])('O13: a callback without a code and with %j ends as %s (%s)', (query, end) => {
  expect(endOf(query)).toBe(end)
})

test.each([
  ['code=a-code&setup_action=install&installation_id=7', 'GitHub'],
  ['code=a-code&setup_action=request', 'GitHub'],
  ['code=a-code&admin_consent=True', 'Entra'],
  ['code=a-code&error=&error_description=', 'empty errors (RFC 6749 §3.1)'],
  ['code=a-code&error_reason=', 'an empty reason'],
  ['code=a-code&id_token=a.b.c&token=t', 'parameters of other flows'],
  ['code=a-code&response=x', 'a parameter that JARM also has'],
])('O13: a callback with %s continues (%s)', (query) => {
  expect(endOf(query)).toBeNull()
})

test('O13: a provider’s own codes come first', () => {
  const own = ProviderSchema.parse({ ...urls, deniedErrors: ['no_thanks'], approvalErrors: ['ask_boss'] })
  expect(endOf('error=no_thanks', own)).toBe('DENIED_BY_USER')
  expect(endOf('error=access_denied&error_reason=ask_boss', own)).toBe('APPROVAL_PENDING access_denied')
  expect([endOf('error=no_thanks'), endOf('error=ask_boss')]).toEqual(['APP_REFUSED no_thanks', 'APP_REFUSED ask_boss'])
  const entra = providerCatalogue.get('microsoft') ?? expect.unreachable()
  const asks = 'error=access_denied&error_description=AADSTS90094%3A+An+administrator+has+set+a+policy.'
  expect(endOf(asks, entra)).toBe('APPROVAL_PENDING access_denied')
  expect(endOf('error=access_denied&error_description=AADSTS65004%3A+User+declined.', entra)).toBe('DENIED_BY_USER')
})

test('O10: a callback without a code is checked for its issuer first', () => {
  const announced = ProviderSchema.parse({ ...urls, issuer: 'https://app.example', requiresIssuer: true })
  expect(endOf('setup_action=request', announced)).toBe('ISSUER_MISMATCH')
  expect(endOf('setup_action=request&iss=https://other.example', announced)).toBe('ISSUER_MISMATCH')
  expect(endOf('setup_action=request&iss=https://app.example', announced)).toBe('APPROVAL_PENDING')
})
