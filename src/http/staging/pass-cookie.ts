import { parse } from 'hono/utils/cookie'

const SECOND_MS = 1_000

/** The cookie that has a pass. */
export interface PassCookie {
  /** Returns the pass that a browser sent. */
  in(header: string | undefined): string | undefined
  /** Returns a `Set-Cookie` that stores the pass until then. */
  set(pass: string, until: Date): string
  /** Returns a `Set-Cookie` that removes it. */
  clear(): string
}

/**
 * Each origin has its own name, because browsers send the cookies of one host to all of its ports. The prefix `__Host-`
 * (RFC 6265bis §4.1.3.2) needs https.
 */
export function createPassCookie(origin: string, name: 'pages' | 'sandbox'): PassCookie {
  const isSecure = origin.startsWith('https:')
  const full = `${isSecure ? '__Host-' : ''}pb-staging-${name}`
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  return {
    in: (header = '') => parse(header, full)[full],
    set(pass, until) {
      const seconds = Math.max(0, Math.floor((until.getTime() - Date.now()) / SECOND_MS))
      return `${full}=${pass}; Max-Age=${seconds}; ${attributes}`
    },
    clear: () => `${full}=; Max-Age=0; ${attributes}`,
  }
}
