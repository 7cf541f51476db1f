import type { AuthorizationBinding, AuthorizationDisplay } from '../../generated/prisma/enums.js'
import type { Settings } from '../deps.js'
import { InvalidReturnToError } from '../errors.js'
import { isNativeAddress, leadsToNativeApp } from './native-return.js'
import { nearMissOf } from './near-miss.js'

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
 * @throws InvalidReturnToError unless it is an absolute http(s) URL of an allowed origin, without user information, or with
 * the binding CONFIRM an address of a native app. It may not be too long
 */
export function allowedReturnTo(
  returnTo: string,
  { returnOrigins, nativeReturns }: Pick<Settings, 'returnOrigins' | 'nativeReturns'>,
  binding: AuthorizationBinding,
): string {
  // The URL parser removes tabs and line breaks and reads a backslash as a slash. No honest address contains them.
  if (/[\s\\]|\p{Cc}/u.test(returnTo) || !URL.canParse(returnTo)) throw new InvalidReturnToError('not-allowed')
  const url = new URL(returnTo)
  if (!isPage(returnTo, url, returnOrigins)) {
    if (!isNativeAddress(returnTo, nativeReturns)) {
      throw new InvalidReturnToError('not-allowed', nearMissOf(url, { returnOrigins, nativeReturns }))
    }
    // No cookie binds the browser to the app, so the app's signed-in user has to confirm.
    if (binding !== 'CONFIRM') throw new InvalidReturnToError('native-needs-confirm')
  }
  if (url.href.length > MAX_LENGTH) throw new InvalidReturnToError('too-long')
  return url.href
}

function isPage(returnTo: string, { username, password, origin }: URL, origins: ReadonlySet<string>): boolean {
  return /^https?:\/\/[^/]/i.test(returnTo) && username === '' && password === '' && origins.has(origin)
}

/**
 * Returns the origin that a finished authorization redirects to. Undefined if it leads to a native app, because the person
 * goes there by a link.
 */
export function redirectOriginOf(returnTo: string, origins: ReadonlySet<string>): string | undefined {
  return leadsToNativeApp(returnTo, origins) ? undefined : new URL(returnTo).origin
}

/** What Patchbay adds to `returnTo`. */
export interface ReturnParameters {
  authorization: string
  status?: string
  confirmation?: string
}

const PREFIX = 'patchbay_'
const NAMES = ['authorization', 'status', 'confirmation'].map((name) => `${PREFIX}${name}`)

/**
 * Returns the address that the browser goes back to: `returnTo` with Patchbay's parameters at the end of its query. The
 * host's own query and fragment remain as they are, except for Patchbay's parameters of an earlier return.
 *
 * Until 0.3, the parameters are also added without their prefix, unless the host has its own by that name. Native apps
 * never got those.
 */
export function returnAddress(returnTo: string, parameters: ReturnParameters, { isNative = false } = {}): string {
  const url = new URL(returnTo)
  const entries = Object.entries(parameters)
  const prefixed = entries.map(([name, value]): [string, string] => [`${PREFIX}${name}`, value])
  const deprecated = isNative ? [] : entries.filter(([name]) => !url.searchParams.has(name))
  const own = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !NAMES.includes(nameIn(pair)))
  url.search = [...own, new URLSearchParams([...prefixed, ...deprecated])].join('&')
  return url.href
}

function nameIn(pair: string): string {
  const [[name = ''] = []] = new URLSearchParams(pair)
  return name
}
