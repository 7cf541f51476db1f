import type { JWTPayload } from 'jose'

/**
 * Returns the value of a claim. Names with dots or slashes in them, such as `https://acme.example/org`, come first; then
 * it's read as a JSON pointer (RFC 6901) if it starts with a slash, otherwise as a path with dots.
 */
export function claimIn(payload: JWTPayload, claim: string): unknown {
  if (Object.hasOwn(payload, claim)) return payload[claim]
  const parts = claim.startsWith('/') ? claim.slice(1).split('/').map(unescaped) : claim.split('.')
  let value: unknown = payload
  for (const part of parts) value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined
  return value
}

/** Returns the only text that a claim has: itself, a whole number, or the same in a list. Undefined for anything else. */
export function onlyText(value: unknown): string | undefined {
  const [only, ...others] = Array.isArray(value) ? value : [value]
  if (others.length > 0) return undefined
  if (typeof only === 'string' && only !== '') return only
  return Number.isSafeInteger(only) ? String(only) : undefined
}

/** Returns the texts that a claim has: in a list, separated by spaces, or as the keys of an object. */
export function textsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [value, ...value.split(' ')]
  return isObject(value) ? Object.keys(value) : []
}

/** Returns the keys of an object, in place of which they stand: Keycloak has organizations as `{"acme": {…}}`. */
export function withKeys(value: unknown): unknown {
  return isObject(value) ? Object.keys(value) : value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
