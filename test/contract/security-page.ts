/**
 * `npm run security` runs every test of docs/hardening.md with its full count, and writes docs/security.md.
 * `npm run security -- G9 O25` runs only these rows and rewrites them. If a test fails, so does the command, and the page
 * loses the row.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { descriptionsOf, HARDENING_PAGE, idsOf } from './hardening.js'

const PAGE = new URL('../../docs/security.md', import.meta.url)
const MODES = ['embedded', 'service'] as const
/** Rows whose counts docs/faults.md has. Running them takes half an hour. */
const FAULTS = /^[LR]\d/

type Mode = (typeof MODES)[number]

interface Results {
  testResults: { assertionResults: { ancestorTitles: string[]; title: string; status: string }[] }[]
}

/** What one row's tests found. */
interface Found {
  passed: Record<Mode, number>
  failed: number
  /** What was injected how often, as the tests recorded it. */
  counts: string[]
}

const asked = process.argv.slice(2)
const described = descriptionsOf(await readFile(HARDENING_PAGE, 'utf8'))
const unknown = asked.filter((id) => !described.some((row) => row.id === id))
if (unknown.length > 0) throw new Error(`docs/hardening.md has no row ${unknown.join(', ')}`)
const found = new Map<string, Found>()
const folder = await mkdtemp(join(tmpdir(), 'patchbay-security-'))
for (const mode of MODES) {
  await run(mode, asked.length > 0 ? asked : described.map(({ id }) => id).filter((id) => !FAULTS.test(id)), 'full')
  if (asked.length === 0) {
    await run(
      mode,
      described.map(({ id }) => id).filter((id) => FAULTS.test(id)),
      'few',
    )
  }
}
await rm(folder, { recursive: true })
const failed = [...found].filter(([, { failed }]) => failed > 0).map(([id]) => id)
await writeFile(PAGE, page(await rowsNow()))
console.log('Wrote docs/security.md')
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}`)
  process.exitCode = 1
}

async function run(mode: Mode, ids: readonly string[], counts: 'full' | 'few'): Promise<void> {
  if (ids.length === 0) return
  const [report, results] = [join(folder, `${mode}-${counts}.jsonl`), join(folder, `${mode}-${counts}.json`)]
  await writeFile(report, '')
  const pattern = `(^| )([A-Z]\\d+, )*(${ids.join('|')})(, [A-Z]\\d+)*:`
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${results}`]
  const tests = spawn('npx', ['vitest', 'run', '--project', mode, '-t', pattern, ...reporters], {
    stdio: 'inherit',
    env: { ...process.env, CI: 'true', FAULTS: counts, FAULTS_REPORT: report },
  })
  await once(tests, 'exit')
  const { testResults } = JSON.parse(await readFile(results, 'utf8')) as Results
  for (const { ancestorTitles, title, status } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    for (const id of [...ancestorTitles, title].flatMap(idsOf)) {
      if (!ids.includes(id)) continue
      const row = rowOf(id)
      if (status === 'passed') row.passed[mode]++
      else if (status === 'failed') row.failed++
    }
  }
  const lines = (await readFile(report, 'utf8')).split('\n').filter((line) => line !== '')
  for (const line of lines) {
    const { id, fault, found } = JSON.parse(line) as { id: string; fault: string; found: Record<string, unknown> }
    const { seed: _, ...counted } = found
    const counts = Object.entries(counted).map(([name, value]) => `${name} ${value}`)
    const text = `${fault}: ${counts.join(', ')}`
    if (!rowOf(id).counts.includes(text)) rowOf(id).counts.push(text)
  }
}

function rowOf(id: string): Found {
  const row = found.get(id) ?? { passed: { embedded: 0, service: 0 }, failed: 0, counts: [] }
  found.set(id, row)
  return row
}

/** The rows of the page: those of this run, and the others as they were. */
async function rowsNow(): Promise<string[]> {
  const previous = new Map(
    (await readFile(PAGE, 'utf8').catch(() => '')).split('\n').flatMap((line) => {
      const id = /^\| ([A-Z]\d+) \|/.exec(line)?.[1]
      return id === undefined ? [] : [[id, line]]
    }),
  )
  const today = new Date().toISOString().slice(0, 10)
  return described.flatMap(({ id, injected, expected, leftOut }) => {
    const row = found.get(id)
    if (!row) return previous.get(id) ?? []
    if (row.failed > 0) return []
    const tests = MODES.map((mode) => `${row.passed[mode]} ${mode}`).join(', ')
    const counts = FAULTS.test(id) ? '[faults](faults.md)' : row.counts.join('<br>')
    return [
      `| ${id} | ${injected} | ${expected} | ${tests} | ${counts} | ${leftOut ? `partly: ${leftOut}` : 'held'} | ${today} |`,
    ]
  })
}

function page(rows: readonly string[]): string {
  return `# Security tests

\`npm run security\` injects everything that [hardening.md](hardening.md) lists, and wrote this page (here with Node ${process.version.slice(1)} and ${cpus().length} cores).
Only rows whose tests all passed are here. The others are open, or their tests failed.

| row | what was injected | what has to happen | tests passed | how often, where a test counts | result | day |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## How to read the table

- **result:** held, if the tests check everything that the row expects. Otherwise, it says what they leave out.
- **tests passed:** how many tests carry the row's id, in the mode with the embedded database and in the one with PostgreSQL and Redis.
  A row that has tests in one mode only is about that mode, or about code that is the same in both.
- **how often:** what the tests recorded. A row without counts injects each case once in each test.
  The rows of live push and of refreshes have their full counts on the page of [faults](faults.md).

[Deployment checks](deployment.md) and [the topology test](../deploy/topology) run beside these tests and have no rows here.
`
}
