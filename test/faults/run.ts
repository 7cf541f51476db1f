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
const filter = ids.length > 0 ? ['-t', `^(${ids.join('|')}):`] : []
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
  const kept = ids.length === 0 ? [] : cellsIn(await readFile(PAGE, 'utf8')).filter(([id]) => !ids.includes(id ?? ''))
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

\`npm run faults\` wrote this page (Node ${process.version.slice(1)}, ${cpus().length} cores, PostgreSQL and Redis on the same machine).
[hardening.md](hardening.md) explains the ids in its first column.
In the rows of [test/faults](../test/faults), every instance is a separate process and every connection is a real socket.
In the rows of [test/vault](../test/vault), [test/domain/rewrap](../test/domain/rewrap) and [test/domain/connection](../test/domain/connection), the instances share one process.
In every run, no process exited by itself and no promise rejection went unhandled.

A subscriber is a subscription at one of the instances.
Half of them use WebSocket, and half use server-sent events.
All changes for one user are made at one instance.
Subscribers at the other instances depend on change notifications or, if those are lost, on the sweep that runs every two seconds.
*Slowest update* is the longest time from the response to a change until the last subscriber of that user had it.

${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`
}
