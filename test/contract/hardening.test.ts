import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  findTestFiles,
  HARDENING_PAGE,
  idsOf,
  type Row,
  rowsOf,
  type TestFiles,
  titlesIn,
  withLinks,
} from './hardening.js'

describe('docs/hardening.md', () => {
  let rows: Row[]
  let files: TestFiles
  beforeAll(async () => {
    rows = rowsOf(await readFile(HARDENING_PAGE, 'utf8'))
    files = await findTestFiles()
  })

  test('has one row for each id in a test title', () => {
    const ids = rows.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
    const unknown = [...files].filter(([id]) => !ids.includes(id))
    expect(unknown, 'ids in titles that have no row').toEqual([])
  })

  test('has a test for each row, unless the row is marked open', () => {
    const untested = rows.filter(({ id, isOpen }) => !isOpen && !files.has(id))
    expect(untested, 'rows whose id is in no test title').toEqual([])
  })

  test('marks no row as open if it has a test', () => {
    const tested = rows.filter(({ id, isOpen }) => isOpen && files.has(id))
    expect(tested, 'open rows with tests: run npm run hardening:links').toEqual([])
  })

  test('links each row to exactly the files that carry its id', () => {
    const tested = rows.filter(({ id, isOpen }) => !isOpen && files.has(id))
    const links = tested.map(({ id, links }) => ({ id, links }))
    const expected = tested.map(({ id }) => ({ id, links: files.get(id) }))
    expect(links, 'to rewrite the links, run npm run hardening:links').toEqual(expected)
  })
})

test('titles are found in every form that vitest accepts, by their fixed text', () => {
  const source = `
    describe('a', () => {
      test("b", async () => {})
      it(\`c\`, { timeout: 1 }, () => {})
    })
    test.each([['not a title', 1]])('d %s', () => {})
    test.each<[string]>(rows)(
      'e %s',
      () => {},
    )
    test.each\`
      x | y
      \${1} | \${2}
    \`('f $x', () => {})
    describe.skipIf(isMissing)(\`g \${name} h \${other}\`, () => {})
    describe.each(kinds)('i' + kind, () => {})
    test(title, () => {})
    // test('a comment', () => {})
    const text = "test('a string', () => {})"
    if (/pattern/.test('a subject')) run('a call')
    test.todo('to do')
    describe.skip('skipped', () => test('within', () => {}))`
  expect(titlesIn(source)).toEqual(['a', 'b', 'c', 'd %s', 'e %s', 'f $x', 'g … h …', 'i…'])
})

test('a title can start with one or several ids', () => {
  expect(idsOf('L6: none is missed')).toEqual(['L6'])
  expect(idsOf('L2, L4, O11: all of them')).toEqual(['L2', 'L4', 'O11'])
  expect(idsOf('G3')).toEqual(['G3'])
  for (const title of ['S256 is used', 'over SSE, L6: late', 'L…: not fixed', 'HTTP2: a protocol', '']) {
    expect(idsOf(title)).toEqual([])
  }
})

test('rewriting the links keeps remarks, and leaves a row whose tests are gone for someone to judge', () => {
  const page = (o1: string, o2: string, o3: string) => `Text about O1.

| id | what is injected | what is expected | tests |
| --- | --- | --- | --- |
| O1 | a \`|\` b | c | ${o1} |
| O2 | a | b | ${o2} |
| O3 | a | b | ${o3} |
`
  const gone = '[x](../test/x.test.ts)'
  const files = new Map([
    ['O1', ['deploy/topology/a.test.ts', 'test/b/c.service.test.ts']],
    ['O2', ['test/d.test.ts']],
  ])
  const links = '[deploy/topology/a](../deploy/topology/a.test.ts), [b/c.service](../test/b/c.service.test.ts)'
  const before = page('[moved](../test/moved.test.ts)<br>*partly*: no x', '*open*', gone)
  const after = page(`${links}<br>*partly*: no x`, '[d](../test/d.test.ts)', gone)
  expect(withLinks(before, files)).toBe(after)
  expect(withLinks(after, files)).toBe(after)
  expect(rowsOf(before).map(({ id, isOpen }) => [id, isOpen])).toEqual([
    ['O1', false],
    ['O2', true],
    ['O3', false],
  ])
})
