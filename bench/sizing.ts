/**
 * `npm run sizing` measures what one instance of the output of `npm run build` needs and can do: memory with many
 * subscribers, the time a change takes to reach all of them, and setup queries and changes per second. The instance,
 * PostgreSQL, Redis and this load share the machine, so the figures are for two of its cores, not for one.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { SignJWT } from 'jose'
import { Agent } from 'undici'
import WebSocket from 'ws'
import { globalId } from '../src/domain/global-id.js'
import { freePort } from '../test/support/free-port.js'
import { createDatabase, findPostgres } from '../test/support/postgres-server.js'
import { startRedisServer } from '../test/support/redis-server.js'
import { percentile, startProcess } from './processes.js'

const SECRET = randomBytes(32).toString('base64')
const SCREENS = [0, 1_000, 5_000]
const CALLERS = 32
const SECONDS = 10
const START = 'mutation ($id: ID!) { startSetup(input: { pluginId: $id }) { ... on PluginSetup { id } } }'
const REMOVE = 'mutation ($id: ID!) { removeSetup(input: { setupId: $id }) { __typename } }'
const SCREEN = `query ($id: ID!) { node(id: $id) { ... on PluginSetup { revision status progress { required done }
  steps { status remedy connector { slug } } skills { name ready } } } }`
const WATCH = 'subscription ($id: ID!) { setupProgress(setupId: $id) { revision status steps { status } } }'

const postgres = await findPostgres()
const database = await createDatabase(postgres.url)
const redis = await startRedisServer()
const port = String(await freePort())
const url = `http://localhost:${port}`
const main = new URL('../dist/main.js', import.meta.url).pathname
const { child } = await startProcess(
  main,
  [],
  {
    PATCHBAY_ENV: 'production',
    PATCHBAY_PORT: port,
    PATCHBAY_PUBLIC_URL: url,
    PATCHBAY_KEYS: randomBytes(32).toString('base64'),
    PATCHBAY_JWT_SECRET: SECRET,
    PATCHBAY_JWT_ISSUER: 'sizing',
    PATCHBAY_JWT_AUDIENCE: 'patchbay',
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
  },
  /"msg":"ready"/,
  [],
)
const dispatcher = new Agent({ connections: CALLERS })

function token(subject: string, roles: string[] = []): Promise<string> {
  const jwt = new SignJWT({ org: 'sizing', roles }).setProtectedHeader({ alg: 'HS256' }).setIssuer('sizing')
  return jwt.setAudience('patchbay').setSubject(subject).setExpirationTime('2h').sign(new TextEncoder().encode(SECRET))
}

async function execute<T>(bearer: string, query: string, variables: object): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    dispatcher,
  } as RequestInit)
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown }
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}

async function residentMb(): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  return Math.round(Number(status.match(/VmRSS:\s+(\d+)/)?.[1]) / 1_000)
}

async function person() {
  const bearer = await token(randomUUID())
  const { startSetup } = await execute<{ startSetup: { id: string } }>(bearer, START, {
    id: globalId('Plugin', 'sizing'),
  })
  return { bearer, setupId: startSetup.id }
}

type Person = Awaited<ReturnType<typeof person>>

/** A subscriber that counts what it is sent. */
async function watch({ bearer, setupId }: Person, onMessage: () => void): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  await new Promise<void>((resolve) => {
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${bearer}` } })),
    )
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data)) as { type: string }
      const payload = { query: WATCH, variables: { id: setupId } }
      if (type === 'connection_ack') socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }))
      if (type === 'next') {
        onMessage()
        resolve()
      }
    })
  })
  return socket
}

/** Repeats work with this many callers at a time. Returns how often per second it ran, and how long each run took. */
async function rate(work: (caller: number) => Promise<unknown>) {
  const until = performance.now() + SECONDS * 1_000
  const took: number[] = []
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      while (performance.now() < until) {
        const since = performance.now()
        await work(caller)
        took.push(performance.now() - since)
      }
    }),
  )
  return {
    'a second': Math.round(took.length / SECONDS),
    'p50 ms': percentile(took, 0.5).toFixed(1),
    'p99 ms': percentile(took, 0.99).toFixed(1),
  }
}

try {
  const operator = await token('operator', ['patchbay:operator'])
  const skill = { slug: 'size', name: 'Size', summary: 's', instructions: 'i' }
  for (const slug of ['sizing', 'other']) {
    const manifest = { slug, name: 'Sizing', summary: 's', version: '1.0.0', skills: [skill] }
    await execute(
      operator,
      'mutation ($manifest: JSON!) { publishPlugin(input: { manifest: $manifest }) { __typename } }',
      {
        manifest,
      },
    )
  }
  const people: Person[] = []
  const sockets: WebSocket[] = []
  const memory = []
  let messages = 0
  for (const screens of SCREENS) {
    while (people.length < screens) {
      const more = await Promise.all(Array.from({ length: Math.min(50, screens - people.length) }, person))
      people.push(...more)
      sockets.push(...(await Promise.all(more.map((each) => watch(each, () => messages++)))))
    }
    memory.push({ 'open screens, a person each': screens, 'resident MB': await residentMb() })
  }
  console.log(`One instance, Node ${process.version}`)
  console.table(memory)

  const callers = people.slice(0, CALLERS)
  const of = (caller: number) => callers[caller] as Person
  const screenRate = await rate((caller) => execute(of(caller).bearer, SCREEN, { id: of(caller).setupId }))
  messages = 0
  const changeRate = await rate(async (caller) => {
    const { startSetup } = await execute<{ startSetup: { id: string } }>(of(caller).bearer, START, {
      id: globalId('Plugin', 'other'),
    })
    await execute(of(caller).bearer, REMOVE, { id: startSetup.id })
  })
  console.table({
    'setup screens over HTTP': screenRate,
    'setups started and removed, each change pushed': changeRate,
  })
  console.log(`messages pushed meanwhile: ${Math.round(messages / SECONDS)} a second`)
  for (const socket of sockets) socket.terminate()
} finally {
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
  await redis.stop()
  await database.drop()
  await postgres.stop()
}
process.exit(0)
