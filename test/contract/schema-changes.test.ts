import { readFile } from 'node:fs/promises'
import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { missingEntries, withRelease, withUnreleased } from '../../schema/changelog.js'
import { faultOfReason } from '../../schema/deprecations.js'
import { type AcceptedBreak, judge, readRelease } from '../../schema/gate.js'
import { releaseFaults } from '../../schema/release-faults.js'
import { schema } from '../../src/graphql/schema.js'

const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')

const RELEASED = `
  type Query { plugin(slug: String!, first: Int = 10): Plugin! search(by: By): [Found!]! }
  type Plugin { id: ID! name: String! }
  type Skill { id: ID! }
  union Found = Plugin
  enum Status { OPEN DONE }
  input By { slug: String status: Status = OPEN }
`
const released = (sdl = RELEASED, version = '0.1.0') =>
  readRelease(`# The schema of ${version}, released on 2026-11-28.\n${sdl}`)
const judged = (now: string, accepted: AcceptedBreak[] = [], today = '2026-12-01') =>
  judge(released(), buildSchema(now), accepted, today)

describe('a change that breaks callers', () => {
  test.each([
    ['a removed field', 'name: String! }', '}', 'Plugin.name was removed.'],
    ['a field that may be null', 'name: String!', 'name: String', 'Plugin.name changed type from String! to String.'],
    [
      'a required argument',
      'slug: String!,',
      'slug: String!, version: Int!,',
      'A required arg version on Query.plugin was added.',
    ],
    ['a removed value', 'OPEN DONE', 'OPEN', 'DONE was removed from enum type Status.'],
    [
      'another default of an argument',
      'Int = 10',
      'Int = 20',
      'Query.plugin(first:) changed its default from 10 to 20.',
    ],
    [
      'another default of a field',
      'Status = OPEN',
      'Status = DONE',
      'By.status changed its default from OPEN to DONE.',
    ],
    [
      '@oneOf on an existing input',
      'input By { slug: String status: Status = OPEN }',
      'input By @oneOf { slug: String status: Status }',
      'By became @oneOf, which refuses callers that set none or several of its fields.',
    ],
  ])('is found: %s', (_, before, after, change) => {
    const now = RELEASED.replace(before, after)
    expect(now).not.toBe(RELEASED)
    const { faults, section } = judged(now)
    const [fault] = faults.filter((fault) => fault.includes(change))
    expect(fault).toContain(`The schema breaks callers of 0.1.0: ${change}\n  Keep what was there`)
    expect(fault).toContain(JSON.stringify({ change, reason: '…' }))
    expect(section).toContain(`- ${change}`)
  })

  const WITHOUT_NAME = RELEASED.replace('name: String!', '')
  const change = 'Plugin.name was removed.'

  test('passes with a reason, which the changelog has', () => {
    const { faults, section } = judged(WITHOUT_NAME, [{ change, reason: 'It showed private names.' }])
    expect(faults).toEqual([])
    expect(section).toContain('### Breaking\n\n- Plugin.name was removed. It showed private names.\n')
  })

  test('doesn’t pass with an empty reason, and a reason for nothing doesn’t stay', () => {
    expect(judged(WITHOUT_NAME, [{ change, reason: ' ' }]).faults).toHaveLength(1)
    expect(judged(RELEASED, [{ change, reason: 'It showed private names.' }]).faults).toEqual([
      `schema/accepted-breaks.json accepts a change that isn't there: "${change}" Remove it.`,
    ])
  })
})

describe('what is deprecated', () => {
  const until = (since: string, removedIn: string, notBefore: string) =>
    `Use \`title\` instead. Deprecated since ${since}, removed in ${removedIn} or later, not before ${notBefore}.`
  const deprecated = (reason: string) =>
    RELEASED.replace(
      'name: String!',
      `name: String! @deprecated(reason: ${JSON.stringify(reason)}) owner: Owner @deprecated(reason: ${JSON.stringify(reason)})`,
    ).concat('type Owner { id: ID! of: Part } type Part { id: ID! }')
  const removal = (version: string, today: string) =>
    judge(
      released(deprecated(until('0.2', '0.5', '2027-03-01')), version),
      buildSchema(RELEASED.replace('name: String!', '')),
      [],
      today,
    )

  test('may be removed after its window, together with the types that only it led to', () => {
    const { faults, section } = removal('0.4.0', '2027-03-01')
    expect(faults).toEqual([])
    expect(section).toContain('- Plugin.name was removed. It was deprecated before.\n')
    expect(section).toContain('- Owner was removed. It was deprecated before.\n')
  })

  test.each([
    ['two versions later', '0.3.0', '2027-06-01'],
    ['a day too early', '0.4.3', '2027-02-28'],
  ])('may not be removed %s', (_, version, today) => {
    const { faults } = removal(version, today)
    expect(faults.map((fault) => fault.split('\n')[0])).toEqual(
      ['Owner', 'Part', 'Plugin.name', 'Plugin.owner'].map(
        (name) => `The schema breaks callers of ${version}: ${name} was removed.`,
      ),
    )
  })

  test.each([
    ['No longer supported', /^must have a reason like "Use `x` instead\. Deprecated since 0\.2/],
    [until('0.2', '0.5', '2027-02-30'), /^must have a reason/],
    [until('0.2', '0.4', '2027-03-01'), /^is deprecated since 0\.2, so it can't be removed before 0\.5$/],
    [until('0.2', '0.5', '2027-03-01'), undefined],
    [until('0.9', '1.0', '2027-03-01'), undefined],
  ])('has a reason of one form: %s', (reason, fault) => {
    if (fault) expect(faultOfReason(reason)).toMatch(fault)
    else expect(faultOfReason(reason)).toBeUndefined()
  })

  test('is listed with its reason, which names the next version', () => {
    const { faults, section } = judged(deprecated(until('0.2', '0.5', '2027-03-01')))
    expect(faults).toEqual([])
    expect(section).toContain(`### Deprecated\n\n- \`Plugin.name\`: Use \`title\` instead. Deprecated since 0.2, `)
    expect(judged(deprecated(until('0.1', '0.4', '2027-03-01'))).faults[0]).toMatch(
      /^Plugin\.name is newly deprecated, so its reason has to say "Deprecated since 0\.2"\.$/,
    )
  })

  test('keeps at least the window that was released', () => {
    const before = released(deprecated(until('0.2', '0.6', '2027-03-01')), '0.2.0')
    const now = (removedIn: string, notBefore: string) =>
      judge(before, buildSchema(deprecated(until('0.2', removedIn, notBefore))), [], '2026-12-01').faults
    expect(now('0.7', '2027-04-01')).toEqual([])
    const early = ['Plugin.name', 'Plugin.owner'].map(
      (name) => `${name} can't be removed earlier than the last release announced.`,
    )
    expect(now('0.5', '2027-03-01')).toEqual(early)
    expect(now('0.6', '2027-02-01')).toEqual(early)
  })

  test('is released with a window of 90 days', () => {
    const now = buildSchema(deprecated(until('0.2', '0.5', '2027-03-01')))
    const { changes } = judge(released(), now, [], '2026-12-01')
    const faults = (version: string, day: string) => releaseFaults(released(), now, changes, version, day)
    expect(faults('0.2.0', '2026-12-01')).toEqual([])
    expect(faults('0.2.0', '2026-12-02')[0]).toBe(
      'Plugin.name is deprecated with this release, so its reason has to say "not before 2027-03-02" or later.',
    )
    expect(faults('0.1.1', '2026-12-01')).toEqual(["The schema has changed, so 0.1.1 can't be a patch version."])
    expect(faults('0.3.0', '2026-12-01')).toEqual(["0.3.0 doesn't come after 0.1.0."])
    expect(faults('1.0.0', '2026-12-01')).toEqual([])
    expect(faults('next', '2026-12-01')).toEqual(['Say which version this is, as in npm run schema:release -- 0.2.0'])
  })
})

test('everything that is added or changed is in the changelog, with the first sentence of its description', () => {
  const now = RELEASED.replace(
    'type Skill { id: ID! }',
    'type Skill { "The id. Opaque." id: ID! "Its words" text(in: String): String }',
  )
    .replace('union Found = Plugin', 'union Found = Plugin | Skill')
    .replace('OPEN DONE', 'OPEN DONE LOST')
    .replace('slug: String ', 'slug: String id: ID ')
    .replace('): Plugin!', ', last: Int): Plugin!')
    .concat('"A new thing. With a field." type Thing { id: ID! } input One @oneOf { a: Int b: Int }')
  expect(judged(now).section).toBe(`### Added

- \`By.id\`: 
- \`Found = Skill\`: 
- \`One\`: 
- \`Query.plugin(last:)\`: 
- \`Skill.text\`: Its words
- \`Status.LOST\`: 
- \`Thing\`: A new thing.
`)
  expect(judged(RELEASED.replace('slug: String!,', 'slug: String,')).section).toBe(
    '### Changed\n\n- `Query.plugin(slug:)`: Its type is `String`. Before, it was `String!`.\n',
  )
})

test('the changelog’s section is replaced, released and compared without touching the rest', () => {
  const page = '# Changes\n\n## Unreleased\n\n- `a`: A.\n\n## 0.1.0 - 2026-11-28\n\nThe first version.\n'
  const section = '- `a`: A.\n- `b`: B.\n'
  expect(missingEntries(page, section)).toEqual(['- `b`: B.'])
  const written = withUnreleased(page, section)
  expect(missingEntries(written, section)).toEqual([])
  expect(withUnreleased(written, '- `a`: A.\n')).toBe(page)
  expect(withRelease(written, section, '0.2.0', '2026-12-05')).toBe(
    '# Changes\n\n## Unreleased\n\n## 0.2.0 - 2026-12-05\n\n- `a`: A.\n- `b`: B.\n\n## 0.1.0 - 2026-11-28\n\nThe first version.\n',
  )
})

test('the schema in the repository is compared with that of the version in package.json', async () => {
  const { version } = JSON.parse(await read('package.json'))
  const release = readRelease(await read('schema/released.graphql'))
  expect(release.version).toBe(version)
  const accepted = JSON.parse(await read('schema/accepted-breaks.json'))
  expect(judge(release, schema, accepted, new Date().toISOString().slice(0, 10)).faults).toEqual([])
  expect(await read('schema/CHANGELOG.md')).toContain(`\n## ${version} - `)
})

test('the documents of the last release, which the server trusts, are still valid', async () => {
  const documents: Record<string, string> = JSON.parse(await read('schema/released-documents.json'))
  const faults = Object.values(documents).flatMap((text) => validate(schema, parse(text)))
  expect(faults.map(({ message }) => message)).toEqual([])
})
