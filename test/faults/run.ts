/**
 * npm run faults: every fault with its full count, and docs/faults.md written from what was found. Takes about half an
 * hour. `npm run faults -- L3 L11` runs these alone and writes nothing.
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

const ids = process.argv.slice(2)
const folder = await mkdtemp(join(tmpdir(), 'patchbay-faults-'))
const report = join(folder, 'rows.jsonl')
await writeFile(report, '')
const filter = ids.length > 0 ? ['-t', `^(${ids.join('|')}):`] : []
const tests = spawn('npx', ['vitest', 'run', '--project', 'service', 'test/faults', 'test/vault', ...filter], {
  stdio: 'inherit',
  env: { ...process.env, CI: 'true', FAULTS: 'full', FAULTS_REPORT: report },
})
const [code] = await once(tests, 'exit')
const rows = (await readFile(report, 'utf8'))
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Row)
await rm(folder, { recursive: true })
if (code === 0 && ids.length === 0) {
  await writeFile(new URL('../../docs/faults.md', import.meta.url), page(rows))
  console.log('Wrote docs/faults.md')
}
process.exit(Number(code))

function page(rows: readonly Row[]): string {
  const sorted = [...rows].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))
  const columns = ['screens', 'changes', 'stale', 'backwards', 'slowestMs']
  const cells = ({ id, fault, found }: Row) => {
    const counts = Object.entries(found).filter(([name]) => !columns.includes(name))
    const injected = counts.map(([name, value]) => `${name} ${value}`).join(', ')
    return [id, fault, injected, ...columns.map((name) => found[name] ?? '')]
  }
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
    ],
    Array(8).fill('---'),
    ...sorted.map(cells),
  ]
  return `# Faults

Written by \`npm run faults\` on ${new Date().toISOString().slice(0, 10)} (Node ${process.version.slice(1)}, ${cpus().length} cores, PostgreSQL and Redis on the same
machine). The instances are processes of their own and the lines are sockets; the rows are those of the tests in
[test/faults](../test/faults) and [test/vault](../test/vault), where each fault is made. In every run: no process ended by itself, no rejection went
unhandled.

A screen is a subscription over WebSocket or server-sent events, half and half, at each instance; the changes of one
person are made at one instance, so that the screens at the others depend on rings and, where these are lost, on the sweep
every two seconds. *Slowest to be right* is the longest time from the answer to a change until the last screen of that
person showed it.

${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`
}
