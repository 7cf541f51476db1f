/**
 * npm run faults: every fault with its full count, and docs/faults.md written from what was found. Takes about half an
 * hour. `npm run faults -- L3 L11` runs these alone and writes their rows anew.
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

/** The rows of the table as it stands. */
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
      'screens watched',
      'changes',
      'finally stale',
      'went backwards',
      'slowest to be right (ms)',
      'found on',
    ],
    Array(9).fill('---'),
    ...sorted,
  ]
  return `# Faults

Written by \`npm run faults\` (Node ${process.version.slice(1)}, ${cpus().length} cores, PostgreSQL and Redis on the same machine). [hardening.md](hardening.md) explains the ids.
The rows are those of the tests in [test/faults](../test/faults), where instances are processes of their own and lines are sockets, [test/vault](../test/vault),
[test/domain/rewrap](../test/domain/rewrap) and [test/domain/connection](../test/domain/connection), where the instances of a row share a process. In every run: no process ended by itself, no rejection went unhandled.

A screen is a subscription over WebSocket or server-sent events, half and half, at each instance; the changes of one
person are made at one instance, so that the screens at the others depend on rings and, where these are lost, on the sweep
every two seconds. *Slowest to be right* is the longest time from the answer to a change until the last screen of that
person showed it.

${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`
}
