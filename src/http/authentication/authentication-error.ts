import type { ClaimMismatch, CredentialRefusal } from '../../domain/ports/telemetry.js'

/** The caller couldn't be authenticated. The message says what to do, and nothing about the token. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError'

  constructor(
    readonly reason: CredentialRefusal,
    message: string,
    /** For the log. */
    readonly mismatch?: ClaimMismatch,
  ) {
    super(message)
  }
}

/** Returns what a 401 says in `WWW-Authenticate` (RFC 6750 §3). */
export function challengeOf(reason: CredentialRefusal): string {
  const realm = 'Bearer realm="Patchbay"'
  return reason === 'missing' ? realm : `${realm}, error="invalid_token", error_description="${reason}"`
}
