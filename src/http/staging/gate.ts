import type { IncomingMessage, ServerResponse } from 'node:http'
import { RateLimitedError } from '../../domain/rate-limit/rate-limited-error.js'
import { SAFE_HEADERS } from '../oauth/page.js'
import type { AddressOf } from '../server/addresses.js'
import type { Doorkeeper } from './doorkeeper.js'
import type { PassCookie } from './pass-cookie.js'
import type { Passes } from './passes.js'
import { SIGN_IN_PATH } from './staging-paths.js'

/**
 * Stands in front of every request.
 * @returns whether it answered, because the request may not enter
 */
export type Gate = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

interface GateOptions {
  /** The origin that it stands in front of. */
  origin: string
  /** Patchbay's, where people sign in. */
  publicUrl: string
  name: 'pages' | 'sandbox'
  passes: Passes
  cookie: PassCookie
  doorkeeper: Doorkeeper
  addressOf: AddressOf
  /** Whether anyone may send this request, because what it leads to has its own checks. */
  isOpen: (request: IncomingMessage) => boolean
}

/**
 * A gate that lets in browsers with a pass, and programs that send the secret with each request. It sends other visits to
 * the sign-in page.
 */
export function createGate(options: GateOptions): Gate {
  const { origin, publicUrl, name, passes, cookie, doorkeeper, addressOf, isOpen } = options

  async function mayEnter(request: IncomingMessage): Promise<boolean> {
    if (passes.isValid(name, cookie.in(request.headers.cookie))) return true
    const secret = doorkeeper.secretIn(request)
    return secret !== undefined && (await doorkeeper.admit(secret, () => addressOf(request))) !== null
  }

  return async (request, response) => {
    if (isOpen(request)) return false
    try {
      if (await mayEnter(request)) return false
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error
      refuse(response, 429, error.message, { 'retry-after': String(error.retryAfterSeconds) })
      return true
    }
    const isVisit = ['GET', 'HEAD'].includes(request.method ?? '') && request.headers.accept?.includes('text/html')
    if (isVisit) {
      const to = new URL(request.url ?? '', origin).href
      const location = `${publicUrl}${SIGN_IN_PATH}?${new URLSearchParams({ to })}`
      response.writeHead(303, { ...SAFE_HEADERS, location, 'content-length': '0' }).end()
    } else
      refuse(
        response,
        401,
        `This is a staging server. Sign in at ${publicUrl}${SIGN_IN_PATH}, or send your credentials with the request, as docs/staging.md says.`,
      )
    return true
  }
}

/** Without a challenge for the password, because a browser would then ask for it in a window of its own. */
function refuse(response: ServerResponse, status: number, error: string, headers: Record<string, string> = {}): void {
  const type = { 'content-type': 'application/json; charset=utf-8' }
  response.writeHead(status, { ...SAFE_HEADERS, ...type, ...headers }).end(JSON.stringify({ error }))
}
