/**
 * Callback received → message at the subscriber, over real sockets: Patchbay and, in the same run, the floor (a server
 * written by hand that does the same exchange). `npm run bench` in full, `npm run bench -- --smoke` in seconds.
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'graphql-ws'
import { SignJWT } from 'jose'
import WebSocket from 'ws'
import { globalId } from '../../src/domain/global-id.js'
import { percentile, startProcess } from './processes.js'
import { startStubApp } from './stub-app.js'

const smoke = process.argv.includes('--smoke')
const SIZES = smoke ? [1, 20] : [1, 1_000]
const SAMPLES = smoke ? 20 : 300
const SECRET = 'a secret of the bench, and of nothing else'

const source = (name: string) => new URL(name, import.meta.url).pathname
const app = await startStubApp()
const folder = await mkdtemp(join(tmpdir(), 'patchbay-bench-'))
const server = await startProcess(
  source('../../src/main.ts'),
  [],
  {
    PATCHBAY_PORT: '0',
    PATCHBAY_SANDBOX_PORT: '0',
    PATCHBAY_DATA: join(folder, 'patchbay'),
    PATCHBAY_LOG_LEVEL: 'warn',
    PATCHBAY_JWT_SECRET: SECRET,
    PATCHBAY_JWT_ISSUER: 'bench',
  },
  /(http:\/\/localhost:\d+)\/graphql\n/,
)
const url = server.match[1] ?? ''
const floor = await startProcess(source('floor.ts'), [app.url, join(folder, 'floor')], {}, /port (\d+)/)

interface Person {
  token: string
  setupId: string
  /** Called with every message of the person's screen. */
  onMessage: (message: Progress) => void
}

interface Progress {
  setupProgress: { steps: { authorization: { id: string; status: string } | null }[] }
}

async function token(subject: string, roles: string[] = []): Promise<string> {
  const jwt = new SignJWT({ org: 'bench', roles })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('bench')
    .setSubject(subject)
  return jwt.setExpirationTime('2h').sign(new TextEncoder().encode(SECRET))
}

async function execute<T>(bearer: string, query: string, variables: object): Promise<{ data: T; cookie: string }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ query, variables }),
  })
  const body = (await response.json()) as { data: T; errors?: unknown }
  if (body.errors) throw new Error(JSON.stringify(body.errors))
  return { data: body.data, cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' }
}

async function publish(): Promise<void> {
  const operator = await token('operator', ['patchbay:operator'])
  const oauth2 = {
    authorizationUrl: `${app.url}/authorize`,
    tokenUrl: `${app.url}/token`,
    identity: { url: `${app.url}/userinfo`, idPath: 'sub', labelPaths: ['email'] },
  }
  const connector = { slug: 'stub', name: 'Stub', oauth2, credentials: { clientId: 'bench', clientSecret: 'bench' } }
  await execute(
    operator,
    'mutation ($input: ConfigureConnectorInput!) { configureConnector(input: $input) { __typename } }',
    { input: connector },
  )
  const manifest = {
    slug: 'bench',
    name: 'Bench',
    summary: 'Measures.',
    version: '1.0.0',
    connectors: [{ connector: 'stub', scopes: ['work'], reason: 'To measure.' }],
    skills: [
      {
        slug: 'measure',
        name: 'Measure',
        summary: 'Measures.',
        instructions: 'Measure.',
        uses: [{ connector: 'stub' }],
      },
    ],
  }
  await execute(operator, 'mutation ($input: PublishPluginInput!) { publishPlugin(input: $input) { __typename } }', {
    input: { manifest },
  })
}

/** A person with a started setup and a screen that watches it. */
async function newPerson(): Promise<Person & { close(): void }> {
  const bearer = await token(randomUUID())
  const { data } = await execute<{ startSetup: { id: string } }>(
    bearer,
    'mutation ($id: ID!) { startSetup(input: { pluginId: $id }) { ... on PluginSetup { id } } }',
    { id: globalId('Plugin', 'bench') },
  )
  const person: Person = { token: bearer, setupId: data.startSetup.id, onMessage: () => {} }
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${bearer}` },
  })
  await new Promise<void>((resolve, reject) => {
    client.subscribe<Progress>(
      {
        query:
          'subscription ($id: ID!) { setupProgress(setupId: $id) { revision status steps { status authorization { id status } } } }',
        variables: { id: person.setupId },
      },
      {
        next: ({ data }) => {
          resolve()
          if (data) person.onMessage(data)
        },
        error: reject,
        complete: () => {},
      },
    )
  })
  return Object.assign(person, { close: () => void client.dispose() })
}

/** One authorization of the person's; the time from the callback's request to the SUCCEEDED message, in milliseconds. */
async function measure(person: Person): Promise<number> {
  const { data, cookie } = await execute<{ authorizeConnector: { id: string; url: string } }>(
    person.token,
    'mutation ($input: AuthorizeConnectorInput!) { authorizeConnector(input: $input) { ... on Authorization { id url } } }',
    { input: { connectorId: globalId('Connector', 'stub'), setupId: person.setupId } },
  )
  const { id, url: start } = data.authorizeConnector
  const opened = await fetch(start, { headers: { cookie }, redirect: 'manual' })
  const state = new URL(opened.headers.get('location') ?? '').searchParams.get('state') ?? ''
  const arrived = new Promise<number>((resolve) => {
    person.onMessage = ({ setupProgress }) => {
      const attempt = setupProgress.steps[0]?.authorization
      if (attempt?.id === id && attempt.status === 'SUCCEEDED') resolve(performance.now())
    }
  })
  const sent = performance.now()
  const callback = fetch(`${url}/oauth/callback/stub?code=code&state=${state}`, {
    headers: { cookie },
    redirect: 'manual',
  })
  const latency = (await arrived) - sent
  await callback
  return latency
}

async function measureFloor(sockets: number): Promise<number[]> {
  const base = `localhost:${floor.match[1]}`
  const screens = await Promise.all(
    Array.from({ length: sockets }, async (_, index) => {
      const socket = new WebSocket(`ws://${base}/?user=${index}`)
      await new Promise((resolve) => socket.once('open', resolve))
      return socket
    }),
  )
  const samples: number[] = []
  for (let sample = 0; sample < SAMPLES; sample++) {
    const user = sample % sockets
    const arrived = new Promise<number>((resolve) => screens[user]?.once('message', () => resolve(performance.now())))
    const sent = performance.now()
    const callback = fetch(`http://${base}/callback?user=${user}`, { redirect: 'manual' })
    samples.push((await arrived) - sent)
    await callback
  }
  for (const socket of screens) socket.terminate()
  return samples
}

async function measurePatchbay(sockets: number): Promise<number[]> {
  const people: Awaited<ReturnType<typeof newPerson>>[] = []
  for (let count = 0; count < sockets; count++) people.push(await newPerson())
  const samples: number[] = []
  for (let sample = 0; sample < SAMPLES; sample++) {
    const person = people[sample % sockets]
    if (person) samples.push(await measure(person))
  }
  for (const person of people) person.close()
  return samples
}

function row(name: string, sockets: number, samples: number[], base: number[]): Record<string, string | number> {
  const ms = (share: number) => percentile(samples, share)
  return {
    what: name,
    subscribers: sockets,
    samples: samples.length,
    'p50 ms': ms(0.5).toFixed(1),
    'p99 ms': ms(0.99).toFixed(1),
    'p50 / floor': (ms(0.5) / percentile(base, 0.5)).toFixed(2),
    'p99 / floor': (ms(0.99) / percentile(base, 0.99)).toFixed(2),
  }
}

let failed = false
try {
  await publish()
  const rows = []
  for (const sockets of SIZES) {
    const base = await measureFloor(sockets)
    rows.push(row('floor', sockets, base, base))
    rows.push(row('Patchbay', sockets, await measurePatchbay(sockets), base))
  }
  console.log(`callback sent → SUCCEEDED at the subscriber, embedded mode, Node ${process.version}`)
  console.table(rows)
} catch (error) {
  console.error(error)
  failed = true
} finally {
  server.child.kill('SIGTERM')
  floor.child.kill('SIGKILL')
  app.close()
  await new Promise((resolve) => server.child.once('exit', resolve))
  await rm(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
