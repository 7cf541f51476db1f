/**
 * Measures how often an app is asked for each token if many callers want it, how fast fresh tokens are issued, and how
 * fast due refreshes are processed. Runs over real sockets, against PostgreSQL and a local app. The floor is a
 * handwritten server that does the same. `npm run bench` runs it in full, and `npm run bench -- --smoke` takes seconds.
 */
import type { ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { Agent, request } from 'undici'
import { openPostgres } from '../src/database/postgres.js'
import { globalId } from '../src/domain/global-id.js'
import { configureConnector } from '../src/domain/publishing/configure-connector.js'
import { providerCatalogue } from '../src/providers/catalogue.js'
import { createEnvelopeVault } from '../src/vault/envelope-vault.js'
import { createKeyRing } from '../src/vault/key-ring.js'
import { freePort } from '../test/support/free-port.js'
import { CONNECTOR, described, insertConnection } from '../test/support/insert-connection.js'
import { createDatabase, findPostgres } from '../test/support/postgres-server.js'
import { startRedisServer } from '../test/support/redis-server.js'
import { startRotatingApp } from '../test/support/rotating-app.js'
import { percentile, startProcess } from './processes.js'

const smoke = process.argv.includes('--smoke')
const CALLERS = smoke ? 200 : 5_000
const ROTATED = smoke ? 10 : 200
const INSTANCES = smoke ? 2 : 4
const ISSUES = smoke ? 200 : 10_000
const AT_A_TIME = 64
const DUE = smoke ? 50 : 3_000

const ISSUER = 'bench'
const ORGANIZATION = 'bench'
const VAULT_KEY = randomBytes(32)
const KEY_SECRET = randomBytes(32).toString('base64url')
const API_KEY = `pbk_benchbench_${KEY_SECRET}`
const HOUR = 3_600_000

const postgres = await findPostgres()
const database = await createDatabase(postgres.url)
const redis = await startRedisServer()
const app = await startRotatingApp()
const vault = createEnvelopeVault(createKeyRing([VAULT_KEY.toString('base64')]))
const { db, close } = await openPostgres({
  url: database.url,
  poolSize: 10,
  startTimeoutMs: 10_000,
  onConnectionLost: () => {},
})

const userOf = (subject: string) => ({ issuer: ISSUER, subject, organization: ORGANIZATION })
const people = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
async function connect(subjects: readonly string[], facts: Record<string, unknown>): Promise<void> {
  for (const subject of subjects) await insertConnection({ db, vault, app }, userOf(subject), subject, facts)
}

const agent = new Agent({ connections: 200, pipelining: 1 })
const QUERY = `mutation Bench($input: IssueAccessTokenInput!) { issueAccessToken(input: $input) {
  __typename ... on IssuedAccessToken { accessToken expiresAt scopes version } ... on Error { message }
} }`
async function issue(url: string, subject: string): Promise<{ __typename: string; accessToken: string }> {
  const input = { user: { subject, organization: ORGANIZATION }, connectorId: globalId('Connector', CONNECTOR) }
  const { body } = await request(`${url}/graphql`, {
    method: 'POST',
    dispatcher: agent,
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY, variables: { input } }),
  })
  const answer = (await body.json()) as { data?: { issueAccessToken: { __typename: string; accessToken: string } } }
  if (answer.data?.issueAccessToken.__typename !== 'IssuedAccessToken') throw new Error(JSON.stringify(answer))
  return answer.data.issueAccessToken
}

async function startInstance(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = String(await freePort())
  const env = {
    PATCHBAY_SANDBOX: 'off',
    PATCHBAY_LOG_LEVEL: 'warn',
    PATCHBAY_JWT_SECRET: 'a secret of the bench, and of nothing else',
    PATCHBAY_JWT_ISSUER: ISSUER,
    PATCHBAY_KEYS: VAULT_KEY.toString('base64'),
    PATCHBAY_CHECK_INTERVAL: '86400',
    PATCHBAY_PORT: port,
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
  }
  const { child } = await startProcess(new URL('../src/main.ts', import.meta.url).pathname, [], env, /ready/)
  children.add(child)
  return { url: `http://localhost:${port}`, stop: () => ended(child) }
}

async function startFloor(): Promise<{ url: string; stop(): Promise<void> }> {
  const args = [database.url, `${app.url}/token`, VAULT_KEY.toString('base64'), KEY_SECRET]
  const file = new URL('./tokens-floor.ts', import.meta.url).pathname
  const { child, match } = await startProcess(file, args, {}, /port (\d+)/)
  children.add(child)
  return { url: `http://localhost:${match[1]}`, stop: () => ended(child) }
}

/** Closed here if a measurement fails before it has closed them itself. */
const children = new Set<ChildProcess>()

function ended(child: ChildProcess): Promise<void> {
  children.delete(child)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  return exited
}

/** Repeats requests, this many at a time, and times each. */
async function load(
  count: number,
  ask: (index: number) => Promise<unknown>,
): Promise<{ samples: number[]; seconds: number }> {
  const samples: number[] = []
  let next = 0
  const started = performance.now()
  const worker = async () => {
    while (next < count) {
      const index = next++
      const at = performance.now()
      await ask(index)
      samples.push(performance.now() - at)
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, worker))
  return { samples, seconds: (performance.now() - started) / 1_000 }
}

await configureConnector(
  {
    db,
    notifier: { notify: () => {}, notifyCatalogue: () => {} },
    vault,
    providers: providerCatalogue,
    discover: () => Promise.reject(new Error('nothing is discovered here')),
    allowPrivate: true,
  },
  {
    slug: CONNECTOR,
    name: 'Rotating',
    credentials: { clientId: 'patchbay', clientSecret: 'a-client-secret' },
    oauth2: described(app),
  },
)
await db.apiKey.create({
  data: {
    id: 'benchbench',
    name: 'bench',
    scopes: ['tokens:issue'],
    secretHash: createHash('sha256').update(KEY_SECRET).digest(),
    createdAt: new Date(),
  },
})

console.log(`tokens, service mode, Node ${process.version}`)

/** All callers want a token that is about to expire, at the same time, at every instance. */
async function rotations(): Promise<void> {
  const instances = await Promise.all(Array.from({ length: INSTANCES }, startInstance))
  const subjects = people('rotated', ROTATED)
  await connect(subjects, { refreshDueAt: null })
  await Promise.all(instances.map(({ url }, index) => issue(url, subjects[index] ?? '')))
  const { samples, seconds } = await load(CALLERS, (index) =>
    issue(instances[index % INSTANCES]?.url ?? '', subjects[index % ROTATED] ?? ''),
  )
  console.table([
    {
      callers: CALLERS,
      instances: INSTANCES,
      connections: ROTATED,
      'token calls': app.tokenCalls,
      'calls / rotation': (app.tokenCalls / ROTATED).toFixed(3),
      reuses: app.reuses,
      'most at a time': app.mostAtATime,
      seconds: seconds.toFixed(1),
      'p99 ms': percentile(samples, 0.99).toFixed(0),
    },
  ])
  await Promise.all(instances.map(({ stop }) => stop()))
}

async function freshTokens(): Promise<void> {
  const subjects = people('fresh', smoke ? 10 : 500)
  await connect(subjects, {
    accessTokenExpiresAt: new Date(Date.now() + HOUR),
    refreshDueAt: new Date(Date.now() + HOUR),
  })
  const one = await startInstance()
  const floor = await startFloor()
  const subjectAt = (index: number) => subjects[index % subjects.length] ?? ''
  const ask = {
    floor: async (index: number) => {
      const { body } = await request(`${floor.url}/issue?subject=${subjectAt(index)}`, {
        method: 'POST',
        dispatcher: agent,
        headers: { authorization: `Bearer ${API_KEY}` },
      })
      const answer = (await body.json()) as { accessToken?: string }
      if (!answer.accessToken) throw new Error(JSON.stringify(answer))
    },
    Patchbay: (index: number) => issue(one.url, subjectAt(index)),
  }
  const rows = []
  let base = 0
  for (const [what, call] of Object.entries(ask)) {
    await load(Math.min(ISSUES, 500), call) // warm up
    const { samples, seconds } = await load(ISSUES, call)
    const rate = ISSUES / seconds
    if (what === 'floor') base = rate
    rows.push({
      'fresh tokens issued by': what,
      'a second': rate.toFixed(0),
      'p50 ms': percentile(samples, 0.5).toFixed(1),
      'p99 ms': percentile(samples, 0.99).toFixed(1),
      'rate / floor': (rate / base).toFixed(2),
    })
  }
  console.table(rows)
  await Promise.all([one.stop(), floor.stop()])
}

async function dueRefreshes(): Promise<void> {
  const rows = []
  let base = 0
  const due = { accessTokenExpiresAt: new Date(Date.now() + 4 * 60_000), refreshDueAt: new Date(0) }
  const refreshed = (prefix: string) =>
    db.connection.count({ where: { accountId: { startsWith: `${prefix}-` }, tokenVersion: { gt: 1 } } })
  for (const what of ['floor', 'Patchbay'] as const) {
    const subjects = people(what, DUE)
    await connect(subjects, { ...due, refreshDueAt: null })
    const server = await (what === 'floor' ? startFloor() : startInstance())
    const calls = app.tokenCalls
    const started = performance.now()
    if (what === 'floor') {
      const { body } = await request(`${server.url}/refresh?prefix=${what}-`, {
        method: 'POST',
        headersTimeout: 0,
        bodyTimeout: 0,
      })
      await body.text()
    } else {
      await db.connection.updateMany({ where: { accountId: { startsWith: `${what}-` } }, data: due })
      while ((await refreshed(what)) < DUE) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const rate = DUE / ((performance.now() - started) / 1_000)
    if (what === 'floor') base = rate
    rows.push({
      'due refreshes by': what,
      connections: DUE,
      'token calls': app.tokenCalls - calls,
      'a second': rate.toFixed(0),
      'rate / floor': (rate / base).toFixed(2),
    })
    await server.stop()
  }
  console.table(rows)
}

try {
  await rotations()
  await freshTokens()
  await dueRefreshes()
} finally {
  for (const child of children) child.kill('SIGKILL')
  await agent.close()
  await close()
  await app[Symbol.asyncDispose]()
  await redis.stop()
  await database.drop()
  await postgres.stop()
}
process.exit(0)
