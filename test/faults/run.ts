/**
 * `npm run faults` runs every fault test at full size and writes the results to docs/faults.md. It takes about half an hour.
 * `npm run faults -- L3 L11` runs only these and rewrites their rows.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'

interface Row {
  id: string
  fault: string
  found: Record<string, number | string>
}

const FOLDERS = ['test/faults', 'test/vault', 'test/domain/rewrap', 'test/domain/connection']
const PAGE = new URL('../../docs/faults.md', import.meta.url)
const COLUMNS = ['screens', 'changes', 'stale', 'backwards', 'slowestMs']

const ids = process.argv.slice(2)
const folder = await mkdtemp(join(tmpdir(), 'patchbay-faults-'))
const report = join(folder, 'rows.jsonl')
await writeFile(report, '')
const filter = ids.length > 0 ? ['-t', `^[^:]*\\b(${ids.join('|')})\\b[^:]*:`] : []
const tests = spawn('npx', ['vitest', 'run', '--project', 'service', ...FOLDERS, ...filter], {
  stdio: 'inherit',
  env: { ...process.env, CI: 'true', FAULTS: 'full', FAULTS_REPORT: report },
})
const [code] = await once(tests, 'exit')
const rows = (await readFile(report, 'utf8'))
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Row)
await rm(folder, { recursive: true })
if (code === 0) {
  const found = rows.map(cellsOf)
  // Rows that this run doesn't measure keep their figures and their day.
  const kept = cellsIn(await readFile(PAGE, 'utf8')).filter(([id]) => !found.some(([measured]) => measured === id))
  await writeFile(PAGE, page([...kept, ...found]))
  console.log('Wrote docs/faults.md')
}
process.exit(Number(code))

function cellsOf({ id, fault, found }: Row): string[] {
  const counts = Object.entries(found).filter(([name]) => !COLUMNS.includes(name))
  const injected = counts.map(([name, value]) => `${name} ${value}`).join(', ')
  const today = new Date().toISOString().slice(0, 10)
  return [id, fault, injected, ...COLUMNS.map((name) => String(found[name] ?? '')), today]
}

/** Returns the rows of the current table. */
function cellsIn(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

function page(rows: readonly (readonly string[])[]): string {
  const sorted = [...rows].sort(([a = ''], [b = '']) => a.localeCompare(b, 'en', { numeric: true }))
  const table = [
    [
      'row',
      'fault',
      'counts',
      'subscribers',
      'changes',
      'stale at the end',
      'went backwards',
      'slowest update (ms)',
      'measured on',
    ],
    Array(9).fill('---'),
    ...sorted,
  ]
  return `# Fault tests

\`npm run faults\` breaks Patchbay in each of these ways and writes down what subscribers saw (here with Node ${process.version.slice(1)}, ${cpus().length} cores, and PostgreSQL and Redis on the same machine).
In every run, no process exited by itself and no promise rejection went unhandled.
[hardening.md](hardening.md) explains the ids in the first column, and the notes below the table explain the others.

${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}

## How to read the table

- **subscribers:** how many subscriptions were open. Half of them use WebSocket, and half use server-sent events.
- **changes:** how many changes were committed during the fault. All changes of one user are made at one instance, and subscribers at the others depend on notifications.
  If those are lost, the sweep that runs every two seconds finds the changes.
- **stale at the end:** how many subscribers had an old state after the fault was over.
- **went backwards:** how often a subscriber got an older state than it had.
- **slowest update:** the longest time from the response to a change until the last subscriber of that user had it.
- **counts:** what was injected, and what else was counted. *Unanswered* changes are those whose response never arrived.

In the rows of [test/faults](../test/faults), every instance is a separate process, and every connection is a real socket.
In the rows of [test/vault](../test/vault), [test/domain/rewrap](../test/domain/rewrap) and [test/domain/connection](../test/domain/connection), the instances share one process.
`
}
