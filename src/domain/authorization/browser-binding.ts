import { UUID_PATTERN } from '../formats.js'
import { matchesHash } from '../hashed-secret.js'

const COOKIE_PREFIX = 'pb-'
const BINDING_COOKIE = new RegExp(`^(?:__Host-)?${COOKIE_PREFIX}${UUID_PATTERN}$`)

/** The browser behind a request, as far as an authorization needs it. */
export interface BrowserChannel {
  /** Whether a cookie set by the response reaches the browser that will open the consent screen. */
  readonly canSetCookie: boolean
  /** @param maxAgeSeconds how long the browser keeps it */
  setCookie(name: string, value: string, maxAgeSeconds: number): void
  /** The value of the cookie with this name, if the browser sent one. */
  cookie(name: string): string | undefined
}

/** For calls that no browser made. */
export const NO_BROWSER: BrowserChannel = {
  canSetCookie: false,
  setCookie: () => {
    throw new Error('there is no browser to keep a cookie')
  },
  cookie: () => undefined,
}

/** Sets the cookie that binds an authorization to the browser that starts it. */
export function bindToBrowser(
  browser: BrowserChannel,
  publicUrl: string,
  { id, secret, maxAgeSeconds }: { id: string; secret: string; maxAgeSeconds: number },
): void {
  browser.setCookie(bindingCookieName(publicUrl, id), secret, maxAgeSeconds)
}

/**
 * Whether this browser started the authorization, so that it may carry it on. With the binding CONFIRM any browser may:
 * the code is exchanged only once the signed-in user confirms.
 */
export function isStartedIn(
  browser: BrowserChannel,
  publicUrl: string,
  { id, binding, browserHash }: { id: string; binding: 'BROWSER' | 'CONFIRM'; browserHash: Uint8Array | null },
): boolean {
  return binding === 'CONFIRM' || matchesHash(browser.cookie(bindingCookieName(publicUrl, id)), browserHash)
}

/**
 * One cookie for each authorization, so that authorizations do not disturb each other. The prefix `__Host-`
 * (RFC 6265bis §4.1.3.2) needs https.
 */
function bindingCookieName(publicUrl: string, authorizationId: string): string {
  return `${publicUrl.startsWith('https:') ? '__Host-' : ''}${COOKIE_PREFIX}${authorizationId}`
}

/** Whether a cookie of this name binds an authorization, of whichever of our addresses. */
export function isBindingCookie(name: string): boolean {
  return BINDING_COOKIE.test(name)
}
