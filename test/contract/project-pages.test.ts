import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { API_KEY_SCOPES } from '../../src/domain/identity/api-key-caller.js'
import { HARDENING_PAGE, rowsOf } from './hardening.js'

const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')

const KINDS_OF_CHANGES = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']

test('CHANGELOG.md starts with what is unreleased, then the version in package.json, in the form of Keep a Changelog', async () => {
  const page = await read('CHANGELOG.md')
  const { version } = JSON.parse(await read('package.json'))
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading)
  expect(headings.slice(0, 2)).toEqual(['[Unreleased]', expect.stringMatching(`^\\[${version}\\] - `)])
  const releases = headings.slice(1)
  for (const heading of releases) expect(heading).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/)
  const dates = releases.map((heading) => heading.slice(-10))
  expect(dates).toEqual(dates.toSorted().reverse())
  for (const [, kind] of page.matchAll(/^### (.+)$/gm)) expect(KINDS_OF_CHANGES).toContain(kind)
})

test('SECURITY.md says what each scope of an API key allows', async () => {
  const rows = [...(await read('SECURITY.md')).matchAll(/^\| `([a-z]+:[a-z]+)` \|/gm)].map(([, scope]) => scope)
  expect(rows).toEqual([...API_KEY_SCOPES])
})

test('SECURITY.md refers only to rows of docs/hardening.md that tests cover', async () => {
  const rows = rowsOf(await readFile(HARDENING_PAGE, 'utf8'))
  const covered = rows.filter(({ isOpen }) => !isOpen).map(({ id }) => id)
  const page = (await read('SECURITY.md')).replace(/The ids below, such as `O1`.*/, '')
  const named = [...page.matchAll(/`([A-Z]\d+)`/g)].map(([, id = '']) => id)
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((id) => !covered.includes(id))).toEqual([])
})
