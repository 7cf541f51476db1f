import * as oauth from 'oauth4webapi'
import type { Provider } from '../domain/catalogue/provider.js'
import { OAuthError, type OAuthTarget } from '../domain/ports/oauth-client.js'
import { refusalIn, withoutEmpty } from './authorization-response.js'
import { serverOf } from './authorization-server.js'
import { isSigned } from './callback-signature.js'

/**
 * Returns a callback's parameters as the exchange of its code needs them.
 * @throws OAuthError for an `iss` of another issuer (RFC 9207), for a missing or wrong signature, for another value than
 * the provider's data expects, for an error that the app returned and without a code
 */
export function checkedCallback({ provider, credentials }: OAuthTarget, parameters: URLSearchParams): URLSearchParams {
  const received = withoutEmpty(parameters)
  if (received.has('code')) assertFromApp({ provider, credentials }, parameters)
  // Everything else is about other flows, or the provider's own.
  const checked = new URLSearchParams()
  for (const name of ['code', 'state', 'iss']) {
    const value = received.get(name)
    if (value !== null) checked.set(name, value)
  }
  const issuer = expectedIssuer(provider, checked.get('iss'))
  // Without a known issuer, there is nothing to compare. The state was already compared by its hash.
  if (!issuer) checked.delete('iss')
  // The library takes an empty one for absent.
  if (checked.get('iss') === '') throw new OAuthError('ISSUER_MISMATCH', null)
  let valid: URLSearchParams
  try {
    valid = oauth.validateAuthResponse(
      serverOf({ ...provider, issuer }),
      { client_id: credentials.clientId },
      checked,
      oauth.skipStateCheck,
    )
  } catch (cause) {
    throw new OAuthError('ISSUER_MISMATCH', null, { cause })
  }
  const refusal = refusalIn(received, provider)
  if (refusal) throw refusal
  return valid
}

/** A code that doesn't come from the app, or is for another customer than the person entered, is never redeemed. */
function assertFromApp(
  { provider: { callback }, credentials }: Pick<OAuthTarget, 'provider' | 'credentials'>,
  parameters: URLSearchParams,
): void {
  const { signature, expected } = callback
  if (signature && !isSigned(parameters, signature, credentials.clientSecret)) {
    throw mismatch(`The callback’s ${signature.parameter} doesn’t fit the client secret, so nothing was sent.`)
  }
  for (const [name, value] of Object.entries(expected)) {
    const given = parameters.getAll(name)
    if (given.length !== 1 || given[0] !== value) {
      throw mismatch(`The callback’s ${name} isn’t ${value}, so nothing was sent.`)
    }
  }
}

function mismatch(description: string): OAuthError {
  const reported = { host: null, status: null, code: null, description }
  return new OAuthError('ISSUER_MISMATCH', null, { reported })
}

/**
 * Returns the issuer that a callback must come from, or null if it isn't known. A tenant's is one that fits the template.
 * @throws OAuthError if there is a template that the callback's issuer doesn't fit
 */
function expectedIssuer({ issuer, issuerTemplate }: Provider, iss: string | null): string | null {
  if (issuerTemplate === null || iss === null || iss === issuer) return issuer ?? issuerTemplate
  const [before = '', after = ''] = issuerTemplate.split('{tenantid}')
  const tenant = iss.slice(before.length, iss.length - after.length)
  if (/^[\da-z-]{1,64}$/i.test(tenant) && iss === `${before}${tenant}${after}`) return iss
  throw new OAuthError('ISSUER_MISMATCH')
}
