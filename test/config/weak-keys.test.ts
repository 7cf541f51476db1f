import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, inject, test } from 'vitest'
import { ConfigurationError } from '../../src/config/configuration-error.js'
import { readConfig } from '../../src/config/environment.js'
import { vaultKeyFaults } from '../../src/config/vault-keys.js'
import { FULL, record } from '../support/counts.js'
import { outcome } from '../support/process.js'

const newKey = () => randomBytes(32).toString('base64')
const base64 = (bytes: Iterable<number> | string) =>
  (typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from([...bytes])).toString('base64')
const bytes = (byteAt: (index: number) => number) => base64(Array.from({ length: 32 }, (_, index) => byteAt(index)))
const urlSafe = (key: string) => key.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')

const production = {
  PATCHBAY_ENV: 'production',
  PATCHBAY_PUBLIC_URL: 'https://connect.example.com',
  PATCHBAY_JWKS_URL: 'https://host.example.com/jwks.json',
  PATCHBAY_JWT_ISSUER: 'https://host.example.com',
  PATCHBAY_JWT_AUDIENCE: 'patchbay',
}

const strong = newKey()

/** Invalid values of PATCHBAY_KEYS, and what the error says about them. */
const REFUSED: Record<string, [keys: string | undefined, said: RegExp]> = {
  'no key': [undefined, /PATCHBAY_KEYS is required: at least one 256-bit key/],
  'the example key': ['YD3rEBXKcb4rc67whX13gR81LAc7YQjXLZgQowkU3/Q=', /position 1 of 1, is a well-known example/],
  'a short key': [randomBytes(16).toString('base64'), /position 1 of 1, isn’t 256 bits/],
  'a long key': [randomBytes(33).toString('base64'), /isn’t 256 bits/],
  'hexadecimal digits': [randomBytes(32).toString('hex'), /isn’t 256 bits/],
  'a passphrase': ['correct horse battery staple is what everybody', /isn’t 256 bits/],
  'a key with a line break in it': [`${strong.slice(0, 20)}\n${strong.slice(20)}`, /isn’t 256 bits/],
  'a key with one character too many': [`${strong.slice(0, 43)}A=`, /isn’t 256 bits/],
  'one repeated byte': [bytes(() => 0x7f), /has too few different bytes/],
  zeros: [bytes(() => 0), /has too few different bytes/],
  'a repeated word': [base64('k3y'.repeat(11).slice(0, 32)), /has too few different bytes/],
  'only fifteen different bytes': [
    bytes((index) => [3, 141, 59, 26, 253, 58, 97, 93, 238, 46, 64, 33, 83, 27, 250][index % 15] ?? 0),
    /has too few/,
  ],
  'bytes that count up': [bytes((index) => index), /is a sequence/],
  'bytes that count down': [bytes((index) => 255 - index), /is a sequence/],
  'bytes that count by seven and wrap around': [bytes((index) => (index * 7 + 200) % 256), /is a sequence/],
  'two interleaved sequences': [bytes((index) => (index % 2 ? 200 - index : index)), /is a sequence/],
  'the same half twice': [
    base64([...Array(2)].flatMap(() => [199, 4, 88, 17, 250, 131, 66, 9, 175, 222, 37, 54, 108, 143, 90, 241])),
    /has too few/,
  ],
  'ASCII text': [
    base64('Zwölf Boxkämpfer jagen Viktor!'.replace(/[öä]/g, 'oe').padEnd(32, '?').slice(0, 32)),
    /is text/,
  ],
  'text in another script': [base64(Buffer.from('Съешь ещё этих мягких булок').subarray(0, 32)), /is text|has too few/],
  'text padded with zeros': [base64(Buffer.concat([Buffer.from('Sphinx of black quartz, judge')], 32)), /is text/],
  'hexadecimal digits as bytes': [base64('0f1e2d3c4b5a69788796a5b4c3d2e1f0'), /is text|has too few/],
  'the same key twice': [`${strong}, ${strong}`, /position 2 of 2, is the same key as position 1/],
  'the same key in both alphabets': [`${strong},${urlSafe(strong)}`, /position 2 of 2, is the same key as position 1/],
  'an empty entry at the front': [`,${strong}`, /position 1 of 2, is empty/],
  'an empty entry at the end': [`${strong},`, /position 2 of 2, is empty/],
  'nothing but whitespace': ['  ', /position 1 of 1, is empty/],
  'a weak key after a strong one': [`${strong},${bytes((index) => index)}`, /position 2 of 2, is a sequence/],
}

const environment = (keys: string | undefined) =>
  keys === undefined ? production : { ...production, PATCHBAY_KEYS: keys }

/** The keys in an error, as given and decoded. */
function told(keys: string | undefined, said: string): string[] {
  return (keys ?? '').split(',').filter((key) => key.trim().length > 8 && said.includes(key.trim()))
}

test.each(Object.entries(REFUSED))(
  'T6: production refuses %s, and names the position but not the value',
  (_name, [keys, said]) => {
    const read = () => readConfig(environment(keys))
    expect(read).toThrow(ConfigurationError)
    expect(read).toThrow(said)
    expect(read).toThrow(/openssl rand -base64 32|Remove/)
    const message = vaultKeyFaults(keys?.split(',').map((key) => key.trim()) ?? []).join('\n')
    expect(told(keys, message)).toEqual([])
  },
)

test('T6: a weak key is refused in development too, although none is required there', () => {
  expect(() => readConfig({ PATCHBAY_KEYS: bytes(() => 1) })).toThrow(/position 1 of 1, has too few/)
  expect(readConfig({}).vaultKeys).toBeUndefined()
})

test('T6: every fault of every key is reported at once, along with those of other variables', () => {
  const read = () => readConfig({ ...production, PATCHBAY_JWT_ISSUER: '', PATCHBAY_KEYS: `${bytes(() => 1)},abc` })
  for (const fault of [/position 1 of 2/, /position 2 of 2/, /PATCHBAY_JWT_ISSUER/]) expect(read).toThrow(fault)
})

test('T6: the server refuses to start with a missing or weak key', { timeout: 600_000 }, async () => {
  const few = inject('mode') === 'embedded' ? ['no key', 'a short key', 'the example key'] : ['the example key']
  const tried = Object.entries(REFUSED).filter(([name]) => FULL || few.includes(name))
  const start = async ([name, [keys, said]]: (typeof tried)[number]) => {
    const data = { PATCHBAY_DATA: join(tmpdir(), `patchbay-never-${randomBytes(6).toString('hex')}`) }
    const { code, stdout, stderr } = await outcome('src/main', [], {
      ...environment(keys),
      ...data,
      PATCHBAY_PORT: '0',
    })
    expect([name, code, stdout]).toEqual([name, 1, ''])
    expect(stderr, name).toMatch(said)
    expect(stderr, name).not.toMatch(/\n\s+at /)
    expect(told(keys, stderr), name).toEqual([])
  }
  for (let at = 0; at < tried.length; at += 3) await Promise.all(tried.slice(at, at + 3).map(start))
  record('T6', 'production started with missing or weak keys', { 'starts refused': tried.length })
})

test('random keys are accepted: several at once, with whitespace, in both alphabets, padded or not', () => {
  fc.assert(
    fc.property(fc.constant(null), () => {
      const [one, two, three] = [newKey(), newKey(), newKey()]
      expect(vaultKeyFaults([one, urlSafe(two), three.replace('=', '')])).toEqual([])
    }),
    { numRuns: 2_000 },
  )
  const keys = ` ${newKey()} ,\n${newKey()}\n`
  expect(readConfig({ ...production, PATCHBAY_KEYS: keys }).vaultKeys).toHaveLength(2)
})

test('T6: every key in our docs, examples or tests is refused', async () => {
  const root = new URL('../../', import.meta.url)
  const folders = ['docs', 'deploy', 'test', 'schema', 'prisma', '.ci']
  const files = ['README.md', 'CONTRIBUTING.md', '.env.example', 'docker-compose.yml', 'Dockerfile']
  for (const folder of folders) {
    const entries = await readdir(new URL(folder, root), { recursive: true, withFileTypes: true })
    files.push(...entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)))
  }
  let found = 0
  for (const file of files) {
    const content = await readFile(new URL(file, root), 'utf8')
    for (const [key] of content.matchAll(/(?<![\w+/-])[\w+/-]{43}=(?![\w=])/g)) {
      found++
      const fault = vaultKeyFaults([key])
      expect(fault, `${file} has a key that everybody can read: add it to EXAMPLE_KEYS`).toHaveLength(1)
    }
  }
  expect(found).toBeGreaterThan(0)
})
