/**
 * `npm run bench` runs every bench in turn. `npm run bench -- --smoke` takes seconds, and `-- tokens` runs only those
 * named.
 */
import { spawnSync } from 'node:child_process'

const BENCHES = ['push-latency', 'tokens']
const args = process.argv.slice(2)
const named = BENCHES.filter((name) => args.includes(name))
for (const name of named.length > 0 ? named : BENCHES) {
  const file = new URL(`./${name}.ts`, import.meta.url).pathname
  const options = args.filter((arg) => arg.startsWith('--'))
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', file, ...options], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
