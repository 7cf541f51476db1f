import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { ProviderSchema } from '../../src/domain/catalogue/provider.js'
import { readInput } from '../../src/domain/input-faults.js'
import { parseProvider } from '../../src/providers/catalogue.js'

const schema = z.strictObject({
  text: z.string(),
  url: z.url({ protocol: /^https?$/ }),
  secure: z.url({ protocol: /^https$/ }),
  choice: z.enum(['form', 'json', 'query']),
  constant: z.literal('fixed'),
  flag: z.boolean(),
  count: z.int().positive().max(9),
  share: z.number().gte(2).lt(3),
  twos: z.number().multipleOf(2),
  list: z.array(z.string().min(1)).min(2).max(3),
  filled: z.array(z.string()).min(1),
  short: z.string().min(3).max(5),
  single: z.string().max(1),
  date: z.iso.date(),
  pattern: z.string().regex(/^[a-z]+$/),
  address: z.ipv4(),
  names: z.record(z.string().regex(/^\w+$/, { error: 'must be a word' }), z.string()),
  either: z.union([z.string(), z.record(z.string(), z.string())]),
  inner: z.strictObject({ tokenUrl: z.string(), pkce: z.boolean() }),
  own: z.string().refine((value) => value === 'x', { error: 'must be x' }),
  silent: z.string().refine((value) => value === 'x'),
})

const good = {
  text: 'a',
  url: 'http://a.example/',
  secure: 'https://a.example/',
  choice: 'form',
  constant: 'fixed',
  flag: true,
  count: 1,
  share: 2,
  twos: 2,
  list: ['a', 'b'],
  filled: ['a'],
  short: 'abc',
  single: '',
  date: '2026-01-31',
  pattern: 'a',
  address: '192.0.2.1',
  names: { a: 'b' },
  either: 'a',
  inner: { tokenUrl: 'a', pkce: true },
  own: 'x',
  silent: 'x',
}

test('reads what has no faults', () => {
  expect(readInput(schema, good)).toEqual({ data: good })
})

test.each([
  ['text', undefined, 'text', 'is missing. Add it, as text'],
  ['text', null, 'text', 'must be text, not null'],
  ['text', 7, 'text', 'must be text, not a number'],
  ['url', undefined, 'url', 'is missing. Add it, as a URL'],
  ['url', ['x'], 'url', 'must be a URL, not a list'],
  ['url', 'a.example', 'url', 'must be a URL that begins with http:// or https://'],
  ['url', 'ftp://a.example', 'url', 'must be a URL that begins with http:// or https://'],
  ['secure', 'http://a.example', 'secure', 'must be a URL that begins with https://'],
  ['choice', undefined, 'choice', 'is missing. Add it, as form, json or query'],
  ['choice', 'xml', 'choice', 'must be form, json or query'],
  ['choice', 'jsom', 'choice', 'must be form, json or query. Did you mean json?'],
  ['choice', 7, 'choice', 'must be form, json or query'],
  ['constant', undefined, 'constant', 'is missing. Add it, as fixed'],
  ['constant', 'broken', 'constant', 'must be fixed'],
  ['flag', 'yes', 'flag', 'must be true or false, not text'],
  ['flag', undefined, 'flag', 'is missing. Add it, as true or false'],
  ['text', false, 'text', 'must be text, not false'],
  ['count', 1.5, 'count', 'must be a whole number, not a number'],
  ['count', 0, 'count', 'must be more than 0'],
  ['count', 10, 'count', 'must be at most 9'],
  ['share', 1, 'share', 'must be at least 2'],
  ['share', 3, 'share', 'must be less than 3'],
  ['twos', 3, 'twos', 'must be a multiple of 2'],
  ['list', { a: 1 }, 'list', 'must be a list, not an object'],
  ['list', ['a'], 'list', 'must have at least 2 items'],
  ['list', ['a', 'b', 'c', 'd'], 'list', 'must have at most 3 items'],
  ['list', ['a', ''], 'list[1]', 'must not be empty'],
  ['filled', [], 'filled', 'must have at least one item'],
  ['short', 'ab', 'short', 'must have at least 3 characters'],
  ['short', 'abcdef', 'short', 'must have at most 5 characters'],
  ['single', 'ab', 'single', 'must have at most 1 character'],
  ['date', 'today', 'date', 'must be a date, such as 2026-01-31'],
  ['pattern', 'A', 'pattern', 'must match the pattern /^[a-z]+$/'],
  ['names', { 'a b': 'c' }, 'names.a b', 'its name must be a word'],
  ['names', { a: 1 }, 'names.a', 'must be text, not a number'],
  ['names', 'a', 'names', 'must be an object, not text'],
  ['either', 7, 'either', 'must be text or an object, not a number'],
  ['either', undefined, 'either', 'is missing. Add it, as text or an object'],
  ['inner', undefined, 'inner', 'is missing. Add it, as an object'],
  ['inner', { ...good.inner, tokenURL: 'a' }, 'inner.tokenURL', 'is unknown. Did you mean tokenUrl?'],
  ['inner', { ...good.inner, elsewhere: 'a' }, 'inner.elsewhere', 'is unknown'],
  ['own', 'y', 'own', 'must be x'],
  ['silent', 'y', 'silent', 'has a value that isn’t allowed'],
])('says what is wrong with %s: %j', (member, value, path, message) => {
  expect(readInput(schema, { ...good, [member]: value })).toEqual({ faults: [{ path, message }] })
})

test.each([
  ['a missing document', undefined, '(whole)', 'is missing. Add it, as an object'],
  ['a list', [], '(whole)', 'must be an object, not a list'],
])('says what is wrong with %s in place of an object', (_what, input, path, message) => {
  expect(readInput(schema, input)).toEqual({ faults: [{ path, message }] })
})

test('reports each unknown member at its own path, never with its value', () => {
  const { faults } = readInput(schema, { ...good, flg: 'canary', listt: 'canary' })
  expect(faults).toEqual([
    { path: 'flg', message: 'is unknown. Did you mean flag?' },
    { path: 'listt', message: 'is unknown. Did you mean list?' },
  ])
})

test('has plain words for every setting of a provider, whatever is written there', () => {
  const raw = /Invalid|expected|received|Unrecognized|Too (big|small)|undefined|pattern/
  const urls = { authorizationUrl: 'https://a.example/', tokenUrl: 'https://a.example/' }
  const values = [7, 'x y', '', null, {}, [], [7], { 'a b\n': 7 }, { a: 7 }, { x: { y: 7 } }, [{ name: 7, x: 1 }]]
  const names = Object.keys(ProviderSchema.shape)
  const messages = names
    .flatMap((name) => values.flatMap((value) => readInput(ProviderSchema, { ...urls, [name]: value }).faults ?? []))
    .map(({ path, message }) => `${path}: ${message}`)
  expect(messages.length).toBeGreaterThan(names.length * 3)
  expect(messages.filter((message) => raw.test(message))).toEqual([])
})

test('refuses a provider’s file with every fault, or the reason why it isn’t JSON', () => {
  const folder = new URL('../../providers/', import.meta.url)
  const text = readFileSync(new URL('google.json', folder), 'utf8')
  expect(parseProvider('google.json', text).name).toBe('Google')
  const { name: _, ...file } = { ...JSON.parse(text), checkedOn: 'today', note: 'x' }
  expect(() => parseProvider('google.json', JSON.stringify(file))).toThrow(
    /^The file providers\/google\.json has faults:\n✖ name: is missing\. Add it, as text\n✖ checkedOn: must be a date, such as 2026-01-31\n✖ note: is unknown\. Did you mean notes\?$/,
  )
  expect(() => parseProvider('google.json', '{')).toThrow(/^The file providers\/google\.json isn’t JSON: /)
  expect(readdirSync(folder)).toContain('google.json')
})
