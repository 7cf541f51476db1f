import type { IncomingMessage, ServerResponse } from 'node:http'
import { parse } from 'hono/utils/cookie'
import { type BrowserChannel, isBindingCookie, NO_BROWSER } from '../../domain/authorization/browser-binding.js'

/** More than a user's limit of open authorizations, and few enough for any server's limit on headers. */
const MAX_COOKIES = 40

/**
 * Returns the browser behind a request, if a cookie set by the response reaches the one that will open the consent
 * screen.
 */
export function browserOf(req: IncomingMessage, res: ServerResponse, publicUrl: string): BrowserChannel {
  const site = req.headers['sec-fetch-site']
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  const setCookie = (name: string, value: string, maxAgeSeconds: number) =>
    res.appendHeader(
      'set-cookie',
      `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`,
    )
  return {
    canSetCookie: req.method === 'POST' && (site === 'same-origin' || site === 'same-site'),
    setCookie(name, value, maxAgeSeconds) {
      for (const old of tooMany(req.headers.cookie)) setCookie(old, '', 0)
      setCookie(name, value, maxAgeSeconds)
    },
    cookie: (name) => cookieIn(req.headers.cookie, name),
  }
}

/** Returns the browser behind a visit to a page, which only reads its cookies. */
export function visitorOf(cookieHeader: string | undefined): BrowserChannel {
  return { ...NO_BROWSER, cookie: (name) => cookieIn(cookieHeader, name) }
}

function cookieIn(header = '', name: string): string | undefined {
  return parse(header, name)[name]
}

/**
 * Returns the names of Patchbay's oldest cookies beyond the limit. Each authorization's cookie lasts as long as the
 * authorization could, so repeated tries could otherwise exceed a server's limit on headers. Browsers send the cookies
 * of one path oldest first (RFC 6265 §5.4).
 */
function tooMany(header = ''): string[] {
  const names = header
    .split('; ')
    .flatMap((pair) => pair.split('=', 1))
    .filter(isBindingCookie)
  return names.slice(0, Math.max(0, names.length + 1 - MAX_COOKIES))
}
