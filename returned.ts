import type { AuthorizationStatus } from '../../generated/documents/graphql.js'

/** What the browser brought back from a consent screen that had taken the page's place. */
export interface Returned {
  authorizationId: string
  /** How the attempt ended. Anybody can write an address: watch the attempt to know. Null when it is to be confirmed. */
  status: AuthorizationStatus | null
  /** The one-time code for `confirmAuthorization`, with `binding: 'CONFIRM'`. */
  confirmation: string | null
  /** The page's address without any of it, for `history.replaceState`. */
  url: string
}

/**
 * Reads what Patchbay added to `returnTo`.
 * @returns null when the page was not returned to
 */
export function returned(location: { href: string }): Returned | null {
  const url = new URL(location.href)
  const { searchParams } = url
  const authorizationId = searchParams.get('authorization')
  const status = searchParams.get('status')
  const confirmation = searchParams.get('confirmation')
  if (!authorizationId || (!status && !confirmation)) return null
  return {
    authorizationId,
    status: (status?.toUpperCase() as AuthorizationStatus | undefined) ?? null,
    confirmation,
    url: withoutAnswer(url.href),
  }
}

/** An address without what an earlier attempt may have added to it. */
export function withoutAnswer(href: string): string {
  const url = new URL(href)
  if (url.searchParams.has('authorization')) {
    for (const name of ['authorization', 'status', 'confirmation']) url.searchParams.delete(name)
  }
  return url.href
}
