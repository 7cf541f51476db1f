import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startTopology } from './topology.js'

const CONFIG = new URL('./vitest.config.ts', import.meta.url).pathname

if (process.argv.includes('--check')) {
  const [code] = await once(spawn('vitest', ['run', '--config', CONFIG], { stdio: 'inherit', shell: true }), 'exit')
  process.exit(code ?? 1)
}

const topology = await startTopology({ ownGroup: true })
const [one, two] = topology.instances
let ending = false
const show = (name: string) => (chunk: Buffer) => {
  if (!ending) process.stderr.write(`[${name}] ${chunk}`)
}
for (const [name, { process: instance }] of Object.entries({ one, two })) {
  instance.child.stdout?.on('data', show(name))
  instance.child.stderr?.on('data', show(name))
}
process.stdout.write(`
  Patchbay is ready: two instances behind nginx.

  Wizard, signed in as Ada     ${topology.url}
  GraphiQL, signed in as Ada   ${topology.url}/graphql
  GraphiQL, as another user    ${topology.url}/graphql?as=ben (or cleo)
  Sandbox apps                 ${topology.sandboxUrl}
  Users’ tokens                ${topology.url}/development/token?as=ben
  Instances                    ${one.url} (process ${one.process.child.pid}, with the sandbox), ${two.url} (process ${two.process.child.pid})
  PostgreSQL, Redis            ${topology.databaseUrl}, ${topology.redisUrl}

  Press Ctrl-C to stop everything and drop the database.

`)

const end = () => {
  if (ending) return
  ending = true
  process.stdout.write('\n  Stopping …\n')
  topology.close().then(
    () => process.exit(0),
    (error) => {
      process.stderr.write(`${error.stack}\n`)
      process.exit(1)
    },
  )
}
process.on('SIGINT', end)
process.on('SIGTERM', end)
