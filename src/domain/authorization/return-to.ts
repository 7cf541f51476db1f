import type { AuthorizationBinding, AuthorizationDisplay } from '../../generated/prisma/enums.js'
import { InvalidReturnToError } from '../errors.js'

/** Returns whether the browser ends up in the host's application, at `returnTo`, and not on one of Patchbay's pages. */
export function returnsToHost({
  display,
  binding,
}: {
  display: AuthorizationDisplay
  binding: AuthorizationBinding
}): boolean {
  return display === 'REDIRECT' || binding === 'CONFIRM'
}

/** What every browser and proxy passes on. */
const MAX_LENGTH = 2_000

/**
 * Returns the normalized address that a finished authorization may return to.
 * @throws InvalidReturnToError unless it is an absolute http(s) URL of an allowed origin, not too long and without user
 * information
 */
export function allowedReturnTo(returnTo: string, origins: ReadonlySet<string>): string {
  // The URL parser removes tabs and line breaks and reads a backslash as a slash. No honest address contains them.
  if (/[\s\\]|\p{Cc}/u.test(returnTo) || !/^https?:\/\/[^/]/i.test(returnTo) || !URL.canParse(returnTo)) {
    throw new InvalidReturnToError('not-allowed')
  }
  const url = new URL(returnTo)
  if (url.username !== '' || url.password !== '' || !origins.has(url.origin))
    throw new InvalidReturnToError('not-allowed')
  if (url.href.length > MAX_LENGTH) throw new InvalidReturnToError('too-long')
  return url.href
}
