import { UUID_PATTERN } from '../formats.js'
import { matchesHash } from '../hashed-secret.js'

const COOKIE_PREFIX = 'pb-'
const BINDING_COOKIE = new RegExp(`^(?:__Host-)?${COOKIE_PREFIX}${UUID_PATTERN}$`)

/** The browser behind a request, as far as authorizations need it. */
export interface BrowserChannel {
  /** Whether a cookie set by the response reaches the browser that will open the consent screen. */
  readonly canSetCookie: boolean
  /** @param maxAgeSeconds how long the browser keeps the cookie */
  setCookie(name: string, value: string, maxAgeSeconds: number): void
  /** Returns the value of the cookie with this name, if the browser sent one. */
  cookie(name: string): string | undefined
}

/** For calls that don't come from a browser. */
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
 * Returns whether this browser started the authorization and may therefore continue it. With the binding CONFIRM, any
 * browser may, because the code is exchanged only after the signed-in user confirms.
 */
export function isStartedIn(
  browser: BrowserChannel,
  publicUrl: string,
  { id, binding, browserHash }: { id: string; binding: 'BROWSER' | 'CONFIRM'; browserHash: Uint8Array | null },
): boolean {
  return binding === 'CONFIRM' || matchesHash(browser.cookie(bindingCookieName(publicUrl, id)), browserHash)
}

/**
 * Returns the name of the authorization's cookie. Each authorization has its own, so that they don't interfere. The
 * prefix `__Host-` (RFC 6265bis §4.1.3.2) needs https.
 */
function bindingCookieName(publicUrl: string, authorizationId: string): string {
  return `${publicUrl.startsWith('https:') ? '__Host-' : ''}${COOKIE_PREFIX}${authorizationId}`
}

/** Returns whether a cookie with this name binds an authorization, over http or https. */
export function isBindingCookie(name: string): boolean {
  return BINDING_COOKIE.test(name)
}
