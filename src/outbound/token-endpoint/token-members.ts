import type { Provider } from '../../domain/catalogue/provider.js'
import { valueAt } from '../exact-json.js'
import { isObject } from './answer-body.js'

/** Ten years. No token lasts longer, and dates still fit. */
const MAX_EXPIRES_IN_SECONDS = 315_360_000

/** Token types that a server gives to clients that prove possession of a key. As Bearer tokens, they don't work. */
const BOUND_TO_A_KEY = /^(?:mac|dpop|pop|hmac|hok)\b/

/** The members of a token response (RFC 6749 §5.1) in the format that the RFC gives them. */
export interface TokenMembers {
  access_token: string
  token_type: 'bearer'
  refresh_token?: string
  expires_in?: number
  scope?: string
}

/** What a token response says, and which members mean nothing that can be used. */
export interface ReadMembers {
  /** Undefined if there is no access token that can be used. */
  tokens: TokenMembers | undefined
  unreadable: readonly ('refresh_token' | 'expires_in' | 'scope')[]
}

/**
 * Reads a token response as it was meant. Optional members that are null, empty or false are absent, numbers may be
 * text, scopes may be a list, and a token is a Bearer token unless its type needs a key.
 */
export function readTokenMembers(body: Record<string, unknown>, provider: Provider): ReadMembers {
  const members = membersOf(body, provider)
  const accessToken = tokenOf(members.access_token)
  if (typeof accessToken !== 'string' || isBoundToAKey(members.token_type)) return { tokens: undefined, unreadable: [] }
  const optional = {
    refresh_token: tokenOf(members.refresh_token),
    expires_in: lifetimeOf(members.expires_in, provider.tokenResponse),
    scope: scopeOf(members.scope, provider.scopeSeparator),
  }
  const { refresh_token, expires_in, scope } = optional
  return {
    tokens: {
      access_token: accessToken,
      token_type: 'bearer',
      ...(typeof refresh_token === 'string' && { refresh_token }),
      ...(typeof expires_in === 'number' && { expires_in }),
      ...(typeof scope === 'string' && { scope }),
    },
    unreadable: (['refresh_token', 'expires_in', 'scope'] as const).filter((name) => optional[name] === UNREADABLE),
  }
}

const STANDARD_MEMBERS = ['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope'] as const

/** The standard members, from where the provider has them. If tokens are nested, a token beside them is another one. */
function membersOf(
  body: Record<string, unknown>,
  { tokensAt, tokenResponse }: Provider,
): Partial<Record<(typeof STANDARD_MEMBERS)[number], unknown>> {
  const nested = tokensAt === null ? undefined : valueAt(body, tokensAt)
  const place = isObject(nested) ? nested : body
  const members = STANDARD_MEMBERS.map((name) => {
    const renamed = Object.hasOwn(tokenResponse.renamed, name) ? tokenResponse.renamed[name] : undefined
    const value = renamed === undefined ? undefined : (valueAt(place, renamed) ?? valueAt(body, renamed))
    return [name, value ?? valueAt(place, name) ?? spelledAlike(place, name)]
  })
  // Nested tokens have the provider's own token types.
  return { ...Object.fromEntries(members), ...(isObject(nested) && { token_type: undefined }) }
}

/** `accessToken` and `AccessToken` mean the standard's name. */
function spelledAlike(place: Record<string, unknown>, name: string): unknown {
  const letters = name.replaceAll('_', '')
  const found = Object.keys(place).find((key) => key.toLowerCase().replaceAll(/[_-]/g, '') === letters)
  return found === undefined ? undefined : place[found]
}

const UNREADABLE = Symbol('unreadable')

/** What servers send in place of nothing, which PHP's encoder and others turn an absent value into. */
function isAbsent(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === false ||
    (typeof value === 'string' && /^\s*(?:null|undefined)?\s*$/.test(value)) ||
    (Array.isArray(value) && value.length === 0)
  )
}

function tokenOf(value: unknown): string | undefined | typeof UNREADABLE {
  if (isAbsent(value)) return undefined
  if (typeof value !== 'string') return UNREADABLE
  const token = value.trim()
  // Inside a header, control characters would end it.
  return /\p{Cc}/u.test(token) ? UNREADABLE : token
}

function lifetimeOf(
  value: unknown,
  { zeroExpiresIn }: Provider['tokenResponse'],
): number | undefined | typeof UNREADABLE {
  if (isAbsent(value)) return undefined
  const text = typeof value === 'string' ? value.trim() : value
  const isNumber = typeof text === 'number' || (typeof text === 'string' && /^\d+(?:\.\d+)?$/.test(text))
  const seconds = isNumber ? Math.floor(Number(text)) : Number.NaN
  if (seconds === 0 && Number(text) === 0 && zeroExpiresIn === 'unknown') return undefined
  if (!Number.isSafeInteger(seconds) || seconds <= 0) return UNREADABLE
  return Math.min(seconds, MAX_EXPIRES_IN_SECONDS)
}

function scopeOf(value: unknown, separator: string): string | undefined | typeof UNREADABLE {
  if (isAbsent(value)) return undefined
  const list = Array.isArray(value) ? value.flat(3).filter((item) => !isAbsent(item)) : [value]
  if (!list.every((item): item is string => typeof item === 'string')) return UNREADABLE
  const scopes = list.flatMap((item) => item.split(separator)).flatMap((item) => item.split(/[\s,]+/))
  const named = [...new Set(scopes.filter((scope) => scope !== ''))]
  if (named.some((scope) => /\p{Cc}/u.test(scope))) return UNREADABLE
  return named.length > 0 ? named.join(' ') : undefined
}

function isBoundToAKey(type: unknown): boolean {
  return [type].flat().some((one) => typeof one === 'string' && BOUND_TO_A_KEY.test(one.trim().toLowerCase()))
}
