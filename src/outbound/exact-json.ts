import { randomUUID } from 'node:crypto'

/** A JSON number as it was sent, because ids may have more digits than a number can hold. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

const STRINGS_AND_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

/**
 * Parses JSON without losing a digit: numbers become `JsonNumber`.
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  JSON.parse(text)
  // No sender can know it, so no string is taken for a number.
  const mark = randomUUID()
  const marked = text.replaceAll(STRINGS_AND_NUMBERS, (token) => (token.startsWith('"') ? token : `"${mark}${token}"`))
  return JSON.parse(marked, (_key, value) =>
    typeof value === 'string' && value.startsWith(mark) ? new JsonNumber(value.slice(mark.length)) : value,
  )
}

/** Returns a string or a number as text, exactly as it was sent. Undefined for everything else. */
export function textOf(value: unknown): string | undefined {
  return value instanceof JsonNumber ? value.text : typeof value === 'string' ? value : undefined
}

/**
 * Returns the value at a path: members joined by dots, or a JSON pointer (RFC 6901) if it starts with a slash. Items of
 * lists are counted from 0. A member whose name has dots is found too, unless there is a member inside members.
 */
export function valueAt(body: unknown, path: string): unknown {
  if (!path.startsWith('/')) return valueAtKeys(body, path.split('.'))
  const keys = path.slice(1).split('/')
  return keys.reduce<unknown>((value, key) => own(value, key.replaceAll('~1', '/').replaceAll('~0', '~')), body)
}

function valueAtKeys(value: unknown, keys: readonly string[]): unknown {
  if (keys.length === 0) return value
  for (let length = 1; length <= keys.length; length++) {
    const member = own(value, keys.slice(0, length).join('.'))
    const found = member === undefined ? undefined : valueAtKeys(member, keys.slice(length))
    if (found !== undefined) return found
  }
  return undefined
}

function own(value: unknown, key: string): unknown {
  if (value === null || typeof value !== 'object' || value instanceof JsonNumber) return undefined
  if (Array.isArray(value) && !/^\d+$/.test(key)) return undefined
  return Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
}
