import { KEY_PREFIX } from '../../domain/access/api-key/key-form.js'
import { SESSION_PREFIX } from '../../domain/access/setup-session/session-token.js'
import { AuthenticationError } from './authentication-error.js'

export type CredentialKind = 'api-key' | 'setup-session' | 'token'

const EXPECTED = `your user’s token, an API key (${KEY_PREFIX}…) or a setup session (${SESSION_PREFIX}…)`
/** The compact form of a signed JWT (RFC 7515 §7.1). */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * Tells by its form what a caller sent.
 * @throws AuthenticationError if it is nothing that Patchbay accepts
 */
export function credentialKind(credential: string): CredentialKind {
  if (credential.startsWith(KEY_PREFIX)) return 'api-key'
  if (credential.startsWith(SESSION_PREFIX)) return 'setup-session'
  if (!credential) {
    throw new AuthenticationError('missing', `Authentication required. Send Authorization: Bearer with ${EXPECTED}.`)
  }
  if (TOKEN.test(credential)) return 'token'
  throw new AuthenticationError('malformed', `This isn’t a token, or only a part of one. Send ${EXPECTED}.`)
}
