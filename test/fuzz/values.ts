import fc from 'fast-check'
import { globalId } from '../../src/domain/global-id.js'
import { codePoint } from '../support/code-point.js'

/** Texts that parsers, databases and dictionaries trip over. */
const ODD_TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'a\udfff',
  '\uffff',
  '\u202e',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  '-0',
  '1e309',
  '9007199254740993',
  '%',
  '%00',
  '%c0%80',
  '../../etc/passwd',
  "'; --",
  '"',
  '\\',
  '\r\nx: y',
  '<script>',
  '$&',
  'javascript:alert(1)',
  'https://',
  'http://[::1]:99999/',
  '//',
  '=',
  'a'.repeat(3_000),
]

const TYPES = [
  'Plugin',
  'Skill',
  'Connector',
  'ConnectedAccount',
  'PluginSetup',
  'SkillCopy',
  'Authorization',
  'Webhook',
]

/** Any text, with many that are odd, and some that exist. URLs lead to a closed port of this machine. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: codePoint, maxLength: 40 }),
  fc.string({ maxLength: 200 }),
  fc.constantFrom(
    'meeting-assistant',
    'acme-mail',
    'a',
    'northwind',
    'https://127.0.0.1:1/',
    'http://127.0.0.1:1/a?b#c',
  ),
  fc.uuid(),
)

/** Ids: of every type, cut off, and what isn't one. */
export const id: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.oneof(fc.constantFrom(...TYPES), text), text).map(([type, local]) => globalId(type, local)),
  fc.base64String({ maxLength: 80 }),
  text,
)

export const number: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, -0, -1, 1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53, 1e308, 1e15, 0.1),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)

/** Any JSON, with odd texts as values and names. */
export const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(text, tie('value'), { maxKeys: 5 }),
  ),
})).value

/** A document with some of its members replaced, left out or added, at any depth. */
export function changed(document: unknown): fc.Arbitrary<unknown> {
  return fc
    .array(fc.tuple(fc.nat(), fc.constantFrom('replace', 'remove', 'add'), json, text), { minLength: 1, maxLength: 3 })
    .map((changes) => {
      const copy = structuredClone(document)
      for (const [place, how, value, name] of changes) change(copy, place, how, value, name)
      return copy
    })
}

function change(document: unknown, place: number, how: string, value: unknown, name: string): void {
  const places = placesIn(document)
  const [parent, key] = places[place % places.length] ?? []
  if (!parent || key === undefined) return
  if (how === 'remove') Reflect.deleteProperty(parent, key)
  else {
    const place = how === 'replace' ? key : Array.isArray(parent) ? parent.length : name
    // Assigning wouldn't make a member of __proto__.
    Object.defineProperty(parent, place, { value, enumerable: true, configurable: true, writable: true })
  }
}

/** The text with its lone surrogates replaced, as in a URL. */
export const wellFormed = (value: string) => value.replaceAll(/\p{Surrogate}/gu, '\ufffd')

function placesIn(value: unknown): [parent: object, key: string][] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, member]) => [[value, key], ...placesIn(member)] as [object, string][])
}
