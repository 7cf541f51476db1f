import type { Provider } from '../domain/catalogue/provider.js'
import { OAuthError } from '../domain/ports/oauth-client.js'
import { wellFormed } from './error-code.js'

/** What providers send if the person declined, in addition to RFC 6749's `access_denied`. */
const DENIED = [
  'access_denied',
  'authorization_denied',
  'cancel',
  'canceled',
  'cancelled',
  'consent_denied',
  'denied',
  'permission_denied', // Entra, if an administrator declines
  'user_canceled',
  'user_cancelled',
  'user_cancelled_authorize', // Apple, LinkedIn
  'user_cancelled_login', // LinkedIn
  'user_declined',
  'user_denied', // Facebook's error_reason
]

/** The provider needs the person to do something on its own pages first (OpenID Connect Core 1.0 §3.1.2.6). */
const INTERACTION = ['account_selection_required', 'consent_required', 'interaction_required', 'login_required']

/** Someone else, such as an administrator, has to approve first. */
const APPROVAL = ['admin_consent_required', 'admin_policy_enforced', 'approval_pending', 'approval_required']

const UNAVAILABLE = [
  'internal_error',
  'internal_server_error',
  'server_error',
  'service_unavailable',
  'temporarily_unavailable',
  'timeout',
]

/** Where providers write a code, best first. Facebook sends `error_code` without `error`, and `error_reason` with it. */
const CODES = ['error', 'error_reason', 'error_subcode', 'suberror', 'error_code']
const TEXTS = ['error_description', 'error_message', 'error_uri']

/**
 * Returns a callback without the parameters that have no value, which count as absent (RFC 6749 §3.1), except for `iss`.
 */
export function withoutEmpty(parameters: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...parameters].filter(([name, value]) => value !== '' || name === 'iss'))
}

/**
 * Returns why a callback doesn't continue, or null if it has a code.
 *
 * 1. An error that says that someone has to approve, that the person declined, that the provider needs the person, or
 *    that it is unavailable. The provider's own codes come first.
 * 2. Any other error, or a description of one.
 * 3. Without a code and an error: an app that was requested, installed or approved for an organization.
 * 4. Otherwise, there is nothing to exchange.
 * @param parameters without empty ones
 */
export function refusalIn(
  parameters: URLSearchParams,
  { approvalErrors, deniedErrors }: Pick<Provider, 'approvalErrors' | 'deniedErrors'>,
): OAuthError | null {
  if (parameters.has('code') && !parameters.has('error')) return null
  const sent = CODES.flatMap((name) => parameters.get(name) ?? [])
  const [first] = sent
  if (first === undefined && !TEXTS.some((name) => parameters.has(name))) return withoutCode(parameters)
  const detail = first === undefined ? null : wellFormed(first)
  const codes = [...sent, ...leadingCode(parameters.get('error_description'))].map(comparable)
  const says = (list: readonly string[]) => list.some((code) => codes.includes(comparable(code)))
  if (says(approvalErrors)) return new OAuthError('APPROVAL_PENDING', detail)
  if (says(deniedErrors)) return new OAuthError('DENIED_BY_USER')
  if (says(APPROVAL)) return new OAuthError('APPROVAL_PENDING', detail)
  if (says(DENIED)) return new OAuthError('DENIED_BY_USER')
  if (says(INTERACTION)) return new OAuthError('INTERACTION_REQUIRED', detail)
  if (says(UNAVAILABLE)) return new OAuthError('APP_UNAVAILABLE', detail)
  return new OAuthError('APP_REFUSED', detail)
}

function withoutCode(parameters: URLSearchParams): OAuthError {
  // GitHub: https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app/about-the-setup-url
  const action = parameters.get('setup_action')
  if (action === 'request') return new OAuthError('APPROVAL_PENDING')
  // Entra: https://learn.microsoft.com/en-us/entra/identity-platform/v2-admin-consent
  const approved = parameters.get('admin_consent')?.toLowerCase()
  if (action !== null || approved === 'true') return new OAuthError('APPROVAL_GRANTED')
  return new OAuthError(approved === undefined ? 'NO_CODE_RECEIVED' : 'APPROVAL_PENDING')
}

/** Entra puts its own code in front of the description: `AADSTS90094: An administrator has to …`. */
function leadingCode(description: string | null): string[] {
  return /^(\w{1,64}):/.exec(description ?? '')?.slice(1) ?? []
}

/** Codes are compared regardless of case and of how their words are joined. */
function comparable(code: string): string {
  return code
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
}
