import { readFile } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { count, record } from '../support/counts.js'
import { CONNECTORS, hostToken } from '../support/host-user.js'
import { pluginId } from '../support/patchbay.js'
import { RawSocket } from '../support/raw.js'
import { type HostPerson, type Installation, type Instance, newPerson, startInstallation } from './installation.js'
import { Watched } from './watch-changes.js'

const RIGHT_WITHIN_MS = 6_000
/** Kernels buffer several megabytes before a reader counts as stalled. Then it has 15 s, with a check every 2.5 s. */
const CLOSED_WITHIN_MS = 150_000
const MEGABYTE = 1_000_000
const FORBIDDEN = 4403
/** Forty changes of hundreds of kilobytes in a second are a storm for ten readers, and leave processor time to others. */
const STORM_PAUSE_MS = count(0, 40)
const SETTLING = { timeout: 45_000, interval: 250 }

let installation: Installation
let instance: Instance
beforeAll(async () => {
  installation = await startInstallation()
  // So little that the process ends if anything piles up.
  instance = await installation.start({ env: { NODE_OPTIONS: '--max-old-space-size=192' } })
})
afterAll(() => installation[Symbol.asyncDispose]())

/** The resident memory of a process, in bytes (Linux, proc(5)). */
async function memoryOf({ process }: Instance): Promise<number> {
  const status = await readFile(`/proc/${process.pid}/status`, 'utf8')
  return Number(status.match(/VmRSS:\s+(\d+) kB/)?.[1]) * 1024
}

/** The current value of this metric at the instance. */
async function metric(name: string): Promise<number> {
  const lines = (await (await fetch(`${instance.url}/metrics`)).text()).split('\n')
  const line = lines.find((each) => each.startsWith(`${name} `))
  if (!line) throw new Error(`no metric ${name}`)
  return Number(line.slice(name.length + 1))
}

/** Publishes a plugin whose setup is hundreds of kilobytes, and starts it. */
async function largeSetup(person: HostPerson): Promise<string> {
  const skill = (index: number) => ({ slug: `s${index}`, name: 'n', summary: 's', instructions: 'x'.repeat(90_000) })
  const manifest = { slug: 'large', name: 'Large', summary: 's', version: '1.0.0', skills: [1, 2, 3, 4].map(skill) }
  await installation.patchbay.execute(
    'ada',
    'mutation ($manifest: JSON!) { publishPlugin(input: { manifest: $manifest }) { __typename } }',
    { manifest },
  )
  const { data } = await person
    .at(instance)
    .execute<{ startSetup: { id: string } }>(
      'mutation ($id: ID!) { startSetup(input: { pluginId: $id }) { ... on PluginSetup { id } } }',
      { id: pluginId('large') },
    )
  return data.startSetup.id
}

const LARGE_SCREEN = 'subscription ($id: ID!) { setupProgress(setupId: $id) { revision skills { instructions } } }'

/** Subscribes and reads nothing. Resolves once the server has closed the subscription. */
async function stalledOverWebSocket({ token }: HostPerson, id: string): Promise<{ closed: Promise<unknown> }> {
  const reader = await RawSocket.open(instance)
  await reader.init(`Bearer ${token}`)
  reader.pause()
  reader.send({ id: '1', type: 'subscribe', payload: { query: LARGE_SCREEN, variables: { id } } })
  return reader
}

async function stalledOverSse(
  { token }: HostPerson,
  id: string,
): Promise<{ closed: Promise<unknown>; socket: Socket }> {
  const { hostname, port, host } = new URL(instance.url)
  const body = JSON.stringify({ query: LARGE_SCREEN, variables: { id } })
  const head = [
    'POST /graphql HTTP/1.1',
    `host: ${host}`,
    `authorization: Bearer ${token}`,
    'accept: text/event-stream',
    'content-type: application/json',
    `content-length: ${body.length}`,
  ]
  const socket = createConnection(Number(port), hostname)
  socket.on('error', () => {})
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.pause()
  return { closed: new Promise((resolve) => socket.once('close', resolve)), socket }
}

test('G11: readers that stall under a storm of changes are closed, memory stays bounded, and others see everything', {
  timeout: 300_000,
}, async () => {
  const readers = count(100, 10)
  const person = await newPerson(installation)
  const id = await largeSetup(person)
  const where = () => [installation.patchbay.url, instance.url]
  await using watched = await Watched.open(installation, where, 3)
  const before = await memoryOf(instance)
  const screens = await metric('patchbay_screens')
  const overSse: Socket[] = []
  for (let reader = 0; reader < readers; reader += 2) {
    await stalledOverWebSocket(person, id)
    overSse.push((await stalledOverSse(person, id)).socket)
  }
  const over = new AbortController()
  const changing = watched.changeUntil(over.signal, where)
  const storm = Watched.stormOf(person, instance, { signal: over.signal, pauseMs: STORM_PAUSE_MS })
  let most = before
  // A paused reader doesn't notice that it was closed, but the instance reports it. If changes are slow, a WebSocket
  // may also be closed because it doesn't answer a ping.
  const stalled = () => instance.log.filter((line) => line.includes('closed a stalled subscriber')).length
  await expect
    .poll(
      async () => {
        most = Math.max(most, await memoryOf(instance))
        return { stalled: stalled() >= overSse.length, screens: await metric('patchbay_screens') }
      },
      { timeout: CLOSED_WITHIN_MS, interval: 200 },
    )
    .toEqual({ stalled: true, screens })
  over.abort()
  await Promise.all([changing, storm])
  const found = await watched.findings()
  const grownMb = Math.round((most - before) / MEGABYTE)
  record('G11', 'subscribers that stop reading, under rapid changes', {
    readers,
    closed: readers - ((await metric('patchbay_screens')) - screens),
    'because they stalled': stalled(),
    'memory grown by (MB)': grownMb,
    ...found,
  })
  for (const socket of overSse) socket.destroy()
  expect(grownMb).toBeLessThan(400)
  expect(found).toMatchObject({ stale: 0, backwards: 0, unanswered: 0 })
  expect(found.slowestMs).toBeLessThan(RIGHT_WITHIN_MS)
  expect(installation.accidents()).toEqual([])
})

test('G10: sockets whose tokens expire under a storm of changes receive nothing afterward and are closed with 4403', {
  timeout: 120_000,
}, async () => {
  const sockets = count(500, 20)
  const person = await newPerson(installation)
  const lifetimeSeconds = 3 + Math.ceil(sockets / 100)
  const { subject } = person
  const endsAt = Math.floor(Date.now() / 1_000 + lifetimeSeconds) * 1_000
  const token = await hostToken({ subject, lifetimeSeconds })
  const over = new AbortController()
  const storm = Watched.stormOf(person, instance, { signal: over.signal, pauseMs: STORM_PAUSE_MS })
  let slowestCloseMs = 0
  let latestEventMs = Number.NEGATIVE_INFINITY
  let events = 0
  const codes = await Promise.all(
    Array.from({ length: sockets }, async () => {
      const socket = await RawSocket.open(instance)
      await socket.init(`Bearer ${token}`)
      socket.onMessage = () => {
        events++
        latestEventMs = Math.max(latestEventMs, Date.now() - endsAt)
      }
      socket.send({ id: '1', type: 'subscribe', payload: { query: CONNECTORS } })
      const code = await socket.closed
      slowestCloseMs = Math.max(slowestCloseMs, Date.now() - endsAt)
      return code
    }),
  )
  over.abort()
  await storm
  record('G10', 'tokens that expire under rapid changes', {
    sockets,
    events,
    'slowest close (ms)': slowestCloseMs,
    'latest event (ms)': latestEventMs,
  })
  expect(events).toBeGreaterThan(sockets)
  expect(new Set(codes)).toEqual(new Set([FORBIDDEN]))
  expect(slowestCloseMs).toBeLessThan(5_000)
  expect(latestEventMs).toBeLessThan(1_000)
})

test('G16: after many subscribers have come and gone, an instance uses no more than before', {
  timeout: 900_000,
}, async () => {
  const visits = count(10_000, 200)
  const person = await newPerson(installation)
  const inParallel = 20
  const round = async (times: number) => {
    for (let done = 0; done < times; done += inParallel) {
      await Promise.all(Array.from({ length: inParallel }, (_, index) => visit(person, index % 2 === 0)))
    }
  }
  const held = async () => {
    return {
      screens: await metric('patchbay_screens'),
      timers: await metric('patchbay_nodejs_active_resources{type="Timeout"}'),
      listensToRedis: await subscriptions(installation),
    }
  }
  await round(200)
  await expect.poll(held, SETTLING).toMatchObject({ screens: 0 })
  const [before, memoryBefore] = [await held(), await memoryOf(instance)]
  await round(visits)
  await expect.poll(async () => (await held()).timers, SETTLING).toBeLessThanOrEqual(before.timers + 5)
  expect(await held()).toMatchObject({ screens: 0, listensToRedis: before.listensToRedis })
  const grownMb = Math.round((await memoryOf(instance)) / MEGABYTE) - Math.round(memoryBefore / MEGABYTE)
  record('G16', 'subscribers that connect and drop off', { visits, 'memory grown by (MB)': grownMb })
  expect(grownMb).toBeLessThan(60)
  expect(installation.accidents()).toEqual([])
})

/** Returns how many instances listen on the channel. */
async function subscriptions({ patchbay }: Installation): Promise<unknown> {
  const { REDIS_URL = '', PATCHBAY_REDIS_CHANNEL = '' } = patchbay.siblingEnv
  const redis = new Redis(REDIS_URL)
  try {
    return (await redis.pubsub('NUMSUB', PATCHBAY_REDIS_CHANNEL))[1]
  } finally {
    redis.disconnect()
  }
}

/** Subscribes, gets the first message, and disappears without closing. */
async function visit({ token }: HostPerson, overWebSocket: boolean): Promise<void> {
  if (overWebSocket) {
    const socket = await RawSocket.open(instance)
    await socket.init(`Bearer ${token}`)
    socket.send({ id: '1', type: 'subscribe', payload: { query: CONNECTORS } })
    await socket.message(({ type }) => type === 'next')
    return socket.terminate()
  }
  const gone = new AbortController()
  const response = await fetch(`${instance.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ query: CONNECTORS }),
    signal: gone.signal,
  })
  await response.body?.getReader().read()
  gone.abort()
}
