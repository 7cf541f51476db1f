import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { InvalidInputError } from '../../../src/domain/errors.js'
import { manifestHash, parseManifest } from '../../../src/domain/publishing/manifest.js'

const KNOWN = new Set(['acme-mail', 'acme-calendar', 'acme-chat', 'acme-desk', 'github'])

const good = {
  slug: 'helper',
  name: 'Helper',
  summary: 'Helps.',
  version: '1.0.0',
  connectors: [{ connector: 'acme-mail', scopes: ['mail.read', 'mail.send'], reason: 'To read mail.' }],
  skills: [
    { slug: 'help', name: 'Help', summary: 'Helps.', instructions: '# Help', uses: [{ connector: 'acme-mail' }] },
  ],
}

function faultsOf(input: unknown) {
  try {
    parseManifest(input, KNOWN)
  } catch (error) {
    if (error instanceof InvalidInputError)
      return Object.fromEntries(error.faults.map((fault) => [fault.path, fault.message]))
    throw error
  }
  throw new Error('the manifest was taken')
}

test('the seeded manifests are valid', () => {
  const folder = new URL('../../../prisma/seed/', import.meta.url)
  const names = readdirSync(folder)
  expect(names.length).toBeGreaterThanOrEqual(5)
  for (const name of names) parseManifest(JSON.parse(readFileSync(new URL(name, folder), 'utf8')), KNOWN)
})

test('fields that are left out get their defaults', () => {
  expect(parseManifest(good, KNOWN)).toMatchObject({ connectors: [{ optional: false }], skills: [{ slug: 'help' }] })
})

test.each([undefined, null, 7, 'text', [], { skills: 'none' }])('%j is refused as a manifest', (input) => {
  expect(Object.keys(faultsOf(input)).length).toBeGreaterThan(0)
})

test('what can’t be stored is refused, and a document full of faults is described in a few', () => {
  expect(faultsOf({ ...good, name: 'He\0lper', publisher: '\ud800' })).toEqual({
    name: expect.stringContaining('U+0000'),
    publisher: expect.stringContaining('surrogate'),
  })
  expect(faultsOf({ ...good, '\0': 1 })).toEqual({ '\0': expect.stringContaining('U+0000') })
  const tooLarge = { '(whole)': 'has more than 20,000 values, or more than 20 levels of them' }
  expect(faultsOf({ ...good, skills: new Array(300_000).fill(0) })).toEqual(tooLarge)
  const nested = JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`)
  expect(faultsOf({ ...good, nested })).toEqual(tooLarge)
  const wrong = faultsOf({ ...good, ...Object.fromEntries(new Array(15_000).fill(0).entries()) })
  expect(Object.keys(wrong)).toHaveLength(101)
  expect(wrong['(whole)']).toBe('has 15,000 faults. These are the first')
})

test('every fault is reported with its path, in all parts of the manifest', () => {
  const faults = faultsOf({
    ...good,
    slug: 'Not A Slug',
    version: 'one',
    colour: 'red',
    connectors: [
      { connector: 'acme-mail', scopes: ['mail.read'], reason: '' },
      { connector: 'acme-mail', scopes: ['has space'], reason: 'Twice.' },
      { connector: 'unheard-of', reason: 'Unknown.' },
    ],
    skills: [
      { slug: 'help', name: 'Help', summary: 'Helps.', instructions: '', uses: [{ connector: 'acme-chat' }] },
      {
        slug: 'help',
        name: 'Help',
        summary: 'Helps.',
        instructions: '#',
        uses: [{ connector: 'acme-mail', scopes: ['mail.burn'] }],
      },
    ],
  })
  expect(Object.keys(faults).sort()).toEqual([
    'colour',
    'connectors[0].reason',
    'connectors[1].connector',
    'connectors[1].scopes[0]',
    'connectors[2].connector',
    'skills[0].instructions',
    'skills[0].uses[0].connector',
    'skills[1].slug',
    'skills[1].uses[0].scopes[0]',
    'slug',
    'version',
  ])
  expect(faults['connectors[2].connector']).toContain('the connector unheard-of doesn’t exist')
})

test('the hash depends on the content, not on the order of members', () => {
  const { slug, ...rest } = good
  expect(manifestHash(parseManifest({ ...rest, slug }, KNOWN))).toBe(manifestHash(parseManifest(good, KNOWN)))
  expect(manifestHash(parseManifest({ ...good, summary: 'Helps more.' }, KNOWN))).not.toBe(
    manifestHash(parseManifest(good, KNOWN)),
  )
})
