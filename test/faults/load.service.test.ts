import { setTimeout as after } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { call } from '../support/callers.js'
import { count, FULL, record } from '../support/counts.js'
import { addConnections, addSetups } from '../support/crowded-user.js'
import { HOST_ISSUER, HOST_ORGANIZATION, hostToken, SETUP, startSetup } from '../support/host-user.js'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js'
import { type HostPerson, type Installation, type Instance, newPerson, startInstallation } from './installation.js'
import { longestPauseMs, PRODUCTION_LIMITS, SCREEN, type Stored, storePeople } from './load/loads.js'
import { type Generator, startGenerator } from './load/start-generator.js'
import { countStatements, type StatementCounts } from './load/statement-counter.js'
import type { Times } from './load/tasks.js'

/** About as many as a listening socket queues. */
const AT_A_TIME = 512
const SKILL = { slug: 'one', name: 'One', summary: 's', instructions: 'Do it.' }
const LIMIT_MS = 600_000
/** What the others send. */
const PER_SECOND = 20
const WATCHED = 'meeting-assistant'
const CANCEL = `mutation ($id: ID!) {
  cancelAuthorization(input: { authorizationId: $id }) { ... on Authorization { revision } }
}`

let installation: Installation
let instance: Instance
let other: HostPerson
let asking: Generator
let loading: Generator
let proxy: TcpProxy
/** What the instance has sent to PostgreSQL. */
const statements: StatementCounts = new Map()
beforeAll(async () => {
  installation = await startInstallation()
  const { url = '' } = installation.patchbay.database
  const address = new URL(url)
  proxy = await startTcpProxy({ host: address.hostname, port: Number(address.port || 5432) }, () =>
    countStatements(statements),
  )
  address.host = `127.0.0.1:${proxy.port}`
  instance = await installation.start({ env: { ...PRODUCTION_LIMITS, DATABASE_URL: String(address) } })
  other = await newPerson(installation)
  await startSetup(other.at(instance))
  asking = startGenerator()
  loading = startGenerator(19)
})
afterAll(async () => {
  await asking[Symbol.asyncDispose]()
  await loading[Symbol.asyncDispose]()
  await installation[Symbol.asyncDispose]()
  await proxy[Symbol.asyncDispose]()
})

// What a test that failed has left open would count in the next one.
beforeEach(() => loading.perform({ kind: 'cut' }))

interface Felt {
  times: Times
  pauseMs: number
}

/** Sends another person's operations meanwhile, and measures how long they wait and how long the event loop pauses. */
async function whatOthersFeel(seconds: number, meanwhile: () => Promise<unknown>): Promise<Felt> {
  await longestPauseMs(instance)
  const operations = [{ token: other.token, query: SCREEN }]
  const asked = asking.perform({ kind: 'ask', url: instance.url, operations, perSecond: PER_SECOND, seconds })
  await meanwhile()
  const { failed, ...times } = await asked
  expect(failed).toBe(0)
  expect(installation.accidents()).toEqual([])
  return { times, pauseMs: await longestPauseMs(instance) }
}

const felt = ({ times, pauseMs }: Felt) => ({
  'others’ p99 (ms)': times.p99,
  'others’ longest wait (ms)': times.max,
  'longest pause of the event loop (ms)': pauseMs,
})

function open(people: readonly Stored[], since?: number): Promise<Times> {
  const subscriptions = people.map(({ token, setupId }) => ({
    token,
    query: SETUP,
    variables: since === undefined ? { id: setupId } : { id: setupId, since },
  }))
  const expectState = since === undefined
  return loading.perform({ kind: 'open', url: instance.url, subscriptions, atATime: AT_A_TIME, expectState })
}

/** Publishes at the instance that the subscribers have open. @returns how long the answer took, in ms */
async function publish(slug: string, version: string): Promise<number> {
  const manifest = { slug, name: 'Plugin', summary: 's', version, skills: [SKILL] }
  const operator = await hostToken({ operator: true })
  const startedAt = performance.now()
  const { data, errors } = await call<{ publishPlugin: { __typename: string } }>(
    instance,
    operator,
    'mutation ($manifest: JSON!) { publishPlugin(input: { manifest: $manifest }) { __typename } }',
    { manifest },
  )
  expect([errors, data?.publishPlugin.__typename]).toEqual([undefined, 'Plugin'])
  return Math.round(performance.now() - startedAt)
}

async function revision(): Promise<number> {
  const row = await installation.patchbay.database.db.catalogue.findUniqueOrThrow({ where: { id: 1 } })
  return row.revision + 1
}

test('L15: subscribers that were cut off in the same moment are back within ten seconds, and others barely wait', {
  timeout: LIMIT_MS,
}, async () => {
  const people = await storePeople(installation, count(5_000, 50), WATCHED)
  await open(people)
  const since = await revision()
  await loading.perform({ kind: 'cut' })
  let unchanged: Times | undefined
  statements.clear()
  const seconds = count(10, 1)
  const others = await whatOthersFeel(seconds, async () => {
    unchanged = await open(people, since)
  })
  const reads = statements.get('read-states') ?? 0
  expect(await loading.perform({ kind: 'received' })).toBe(0)
  await loading.perform({ kind: 'cut' })
  const { db } = installation.patchbay.database
  await db.user.updateMany({ where: { id: { in: people.map(({ userId }) => userId) } }, data: { revision: 2 } })
  let changed: Times | undefined
  const othersThen = await whatOthersFeel(count(10, 1), async () => {
    changed = await open(people)
  })
  expect(await loading.perform({ kind: 'received' })).toBe(people.length)
  await loading.perform({ kind: 'cut' })
  record('L15', 'subscribers cut off at the same moment, nothing has changed', {
    screens: people.length,
    slowestMs: Math.round(unchanged?.max ?? 0),
    reads,
    ...felt(others),
  })
  record('L15', 'subscribers cut off at the same moment, each with a change', {
    screens: people.length,
    slowestMs: Math.round(changed?.max ?? 0),
    ...felt(othersThen),
  })
  expect(reads).toBeGreaterThan(0)
  expect(reads).toBeLessThanOrEqual(people.length + PER_SECOND * seconds) // the others' screens are read as well
  expect(unchanged?.max).toBeLessThan(10_000)
  expect(changed?.max).toBeLessThan(10_000)
  expect(Math.max(others.times.max, othersThen.times.max)).toBeLessThan(2_000)
})

test('L16: publishing a plugin wakes no subscriber of others, and the answer doesn’t wait for those of its own', {
  timeout: LIMIT_MS,
}, async () => {
  const watched = 'watched-by-many'
  await publish(watched, '1.0.0')
  await publish('watched-by-none', '1.0.0')
  const people = await storePeople(installation, count(5_000, 50), watched)
  await open(people)
  const before = await loading.perform({ kind: 'received' })
  const answers: number[] = []
  const pauses: number[] = []
  const screens = [{ token: other.token, query: SCREEN }]
  const quiet = await whatOthersFeel(count(10, 2), async () => {
    for (let version = 1; version <= count(5, 1); version++) {
      await longestPauseMs(instance)
      answers.push(await publish('watched-by-none', `1.0.${version}`))
      await loading.perform({ kind: 'ask', url: instance.url, operations: screens, perSecond: 5, seconds: 1 })
      pauses.push(await longestPauseMs(instance))
    }
  })
  expect(await loading.perform({ kind: 'received' })).toBe(before)
  let slowest: Times | undefined
  let answerMs = 0
  const busy = await whatOthersFeel(count(10, 2), async () => {
    const all = loading.perform({ kind: 'await', text: '"version":"1.1.0"' })
    answerMs = await publish(watched, '1.1.0')
    slowest = await all
  })
  await loading.perform({ kind: 'cut' })
  record('L16', 'plugin published while subscribers watch others', {
    screens: people.length,
    versions: answers.length,
    'subscribers woken': 0,
    'slowest answer (ms)': Math.max(...answers),
    'pause of the event loop in the median version (ms)': medianOf(pauses),
    ...felt({ ...quiet, pauseMs: Math.max(...pauses) }),
  })
  record('L16', 'plugin published that all subscribers watch', {
    screens: people.length,
    stale: 0,
    slowestMs: Math.round(slowest?.max ?? 0),
    'answer (ms)': answerMs,
    ...felt(busy),
  })
  expect(Math.max(...answers, answerMs)).toBeLessThan(1_000)
  // What the server does pauses it for each version. Other programs on the same two cores do so now and then.
  if (FULL) expect(medianOf(pauses)).toBeLessThan(100)
  expect(slowest?.max).toBeLessThan(10_000)
  expect(Math.max(quiet.times.max, busy.times.max)).toBeLessThan(2_000)
})

test('L17: with thousands of plugins, lists and screens stay quick', { timeout: LIMIT_MS }, async () => {
  const plugins = count(2_000, 60)
  const { db } = installation.patchbay.database
  const slugs = Array.from({ length: plugins }, (_, index) => `many-${index}`)
  const publishedAt = new Date()
  await db.plugin.createMany({
    data: slugs.map((slug) => ({ slug, name: slug, summary: 's', version: '1.0.0', manifestHash: slug, publishedAt })),
  })
  const scopes = ['mail.read']
  await db.requirement.createMany({
    data: slugs.map((pluginSlug) => ({
      pluginSlug,
      connectorSlug: 'acme-mail',
      position: 1,
      scopes,
      reason: 'r',
      optional: false,
    })),
  })
  const list = `{ plugins(first: 100) { totalCount edges { node { name summary setup { status } requirements { scopes connector { name } } } } } }`
  const person = await newPerson(installation)
  const operations = [{ token: person.token, query: list.replace('totalCount ', '') }]
  let listed: Record<string, number> = {}
  const others = await whatOthersFeel(count(10, 1), async () => {
    await db.catalogue.update({ where: { id: 1 }, data: { revision: { increment: 1 } } })
    listed = await loading.perform({
      kind: 'flood',
      url: instance.url,
      operations,
      seconds: count(8, 1),
      connections: 4,
    })
  })
  expect(Object.keys(listed)).toEqual(['200'])
  record('L17', 'catalogue of many plugins, changed and listed by one user', {
    plugins,
    'pages of 100 listed': listed[200] ?? 0,
    ...felt(others),
  })
  expect(others.times.max).toBeLessThan(2_000)
})

test('L18: a user with hundreds of connections and dozens of setups makes others barely wait', {
  timeout: LIMIT_MS,
}, async () => {
  const person = await newPerson(installation)
  const user = { issuer: HOST_ISSUER, subject: person.subject, organization: HOST_ORGANIZATION }
  const [connections, setups] = [count(200, 20), count(50, 5)]
  await addConnections(installation.patchbay, connections, user)
  await addSetups(installation.patchbay, setups, user)
  const query = `{ revision connectors { slug connection { id status account { label } setups { id status progress { required done } } } } }`
  const subscriptions = Array.from({ length: 5 }, () => ({
    token: person.token,
    query: `subscription { connectionStatus ${query} }`,
  }))
  await loading.perform({ kind: 'open', url: instance.url, subscriptions, atATime: 5, expectState: true })
  const changes = count(40, 4)
  const browser = person.at(instance)
  const others = await whatOthersFeel(count(10, 2), async () => {
    for (let change = 0; change < changes; change += 2) {
      const { id } = await browser.authorize({ connector: 'acme-chat' })
      const { data } = await browser.execute<{ cancelAuthorization: { revision: number } }>(CANCEL, { id })
      await loading.perform({ kind: 'await', text: `"revision":${data.cancelAuthorization.revision},` })
    }
  })
  await loading.perform({ kind: 'cut' })
  record('L18', 'pushes to the pages of a user who has a lot', {
    connections,
    setups,
    screens: subscriptions.length,
    changes,
    ...felt(others),
  })
  expect(others.times.max).toBeLessThan(1_000)
})

test('G25: hundreds of clients that read slowly or not at all cost bounded memory, and others barely wait', {
  timeout: LIMIT_MS,
}, async () => {
  const clients = count(400, 20)
  const person = await newPerson(installation)
  const user = { issuer: HOST_ISSUER, subject: person.subject, organization: HOST_ORGANIZATION }
  await addConnections(installation.patchbay, 200, user)
  const query = `{ viewer { connections { id ${Array.from({ length: 28 }, (_, i) => `status${i}: status`).join(' ')} } } }`
  const before = await residentMb()
  let most = before
  const others = await whatOthersFeel(count(20, 2), async () => {
    for (const bytesPerSecond of [0, 1_000]) {
      const operation = { token: person.token, query }
      await loading.perform({ kind: 'trickle', url: instance.url, operation, clients, bytesPerSecond })
      for (let look = 0; look < count(8, 1); look++) {
        await after(1_000)
        most = Math.max(most, await residentMb())
      }
      await loading.perform({ kind: 'cut' })
    }
  })
  record('G25', 'clients that read slowly or not at all', {
    clients: clients * 2,
    'memory grown by (MB)': most - before,
    ...felt(others),
  })
  expect(most - before).toBeLessThan(300)
  expect(others.times.max).toBeLessThan(2_000)
})

const medianOf = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

async function residentMb(): Promise<number> {
  const text = await (await fetch(`${instance.url}/metrics`)).text()
  const [, bytes] = /^patchbay_process_resident_memory_bytes (\S+)$/m.exec(text) ?? []
  return Math.round(Number(bytes) / 1_000_000)
}
