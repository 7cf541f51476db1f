/** The way back to the browser that made a request. */
export interface BrowserChannel {
  /** Whether a cookie set by the response reaches the browser that will open the consent screen. */
  canSetCookie: boolean
  /** @param maxAgeSeconds how long the browser keeps it */
  setCookie(name: string, value: string, maxAgeSeconds: number): void
}

/** Of calls that no browser made. */
export const NO_BROWSER: BrowserChannel = {
  canSetCookie: false,
  setCookie: () => {
    throw new Error('there is no browser to keep a cookie')
  },
}

/**
 * The cookie that binds an attempt to the browser that started it. One per attempt, so that attempts do not disturb
 * each other. `__Host-` (RFC 6265bis §4.1.3.2) needs https.
 */
export function bindingCookieName(publicUrl: string, authorizationId: string): string {
  return publicUrl.startsWith('https:') ? `__Host-pb-${authorizationId}` : `pb-${authorizationId}`
}
