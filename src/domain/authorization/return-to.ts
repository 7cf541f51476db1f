import type { AuthorizationBinding, AuthorizationDisplay } from '../../generated/prisma/enums.js'
import { InvalidReturnToError } from '../errors.js'

/** Whether the browser ends up in the host's application, at `returnTo`, and not on a page of ours. */
export function returnsToHost({
  display,
  binding,
}: {
  display: AuthorizationDisplay
  binding: AuthorizationBinding
}): boolean {
  return display === 'REDIRECT' || binding === 'CONFIRM'
}

/**
 * The address a finished authorization may return to, normalized.
 * @throws InvalidReturnToError unless it is an absolute http(s) URL, without user information, of an allowed origin
 */
export function allowedReturnTo(returnTo: string, origins: ReadonlySet<string>): string {
  // The URL parser drops tabs and line breaks and reads a backslash as a slash: such text is never meant well.
  if (/[\s\\]|\p{Cc}/u.test(returnTo) || !/^https?:\/\/[^/]/i.test(returnTo) || !URL.canParse(returnTo)) {
    throw new InvalidReturnToError('not-allowed')
  }
  const url = new URL(returnTo)
  if (url.username !== '' || url.password !== '' || !origins.has(url.origin))
    throw new InvalidReturnToError('not-allowed')
  return url.href
}
