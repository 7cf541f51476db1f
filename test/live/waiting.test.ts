import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { globalId } from '../../src/domain/global-id.js'
import { setupIdOf, userIdOf } from '../../src/domain/identity/viewer.js'
import { COUNTED, count } from '../support/counts.js'
import { heldBytes } from '../support/heap.js'
import { HOST, HOST_ISSUER, HOST_ORGANIZATION, hostToken } from '../support/host-user.js'
import { insertRows } from '../support/insert-rows.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'

const PLUGIN = 'meeting-assistant'

const FIRST = 50
const SUBSCRIBERS = count(200, 80)
const ROUNDS = count(5, 3)
/** It takes 8, of which the state in memory is 2. It was 16 while each held promises and graphql-ws's closures. */
const MAX_KIB = 10
const CONNECTIONS = 10

/** Clients in a thread of their own, whose memory doesn't count. It says how many have got their first message. */
const CLIENTS = `
const { parentPort, workerData } = require('node:worker_threads')
const WebSocket = require('ws')
let served = 0
parentPort.on('message', (people) => {
  for (const { token, setupId } of people) {
    const socket = new WebSocket(workerData.url, 'graphql-transport-ws')
    const send = (message) => socket.send(JSON.stringify(message))
    socket.on('open', () => send({ type: 'connection_init', payload: { authorization: 'Bearer ' + token } }))
    socket.on('message', (data) => {
      const { type } = JSON.parse(data)
      const payload = { query: workerData.query, variables: { id: setupId } }
      if (type === 'connection_ack') send({ id: '1', type: 'subscribe', payload })
      if (type === 'next') parentPort.postMessage(++served)
    })
  }
})
`

const QUERY = `subscription Screen($id: ID!) {
  setupProgress(setupId: $id) { revision status steps { id status connection { status grantedScopes } } }
}`

/** Users with a setup and connections of their own, so that nothing about them is shared. */
async function people({ database: { db } }: Patchbay, count: number) {
  const organization = HOST_ORGANIZATION
  const created = Array.from({ length: count }, (_, index) => {
    const subject = `waiting-${index}`
    const userId = userIdOf({ issuer: HOST_ISSUER, subject, organization })
    return { subject, userId, setupId: setupIdOf(userId, PLUGIN) }
  })
  const now = new Date()
  await insertRows(
    db,
    'User',
    created.map(({ userId: id, subject }) => ({ id, issuer: HOST_ISSUER, subject, organization, createdAt: now })),
  )
  await insertRows(
    db,
    'Setup',
    created.map(({ setupId: id, userId }) => ({ id, userId, pluginSlug: PLUGIN, startedAt: now })),
  )
  const accounts = Array.from({ length: CONNECTIONS }, (_, index) => `account-${index}`)
  await insertRows(
    db,
    'Connection',
    created.flatMap(({ userId }) =>
      accounts.map((accountId) => ({
        id: randomUUID(),
        userId,
        connectorSlug: 'acme-mail',
        status: 'LIVE' as const,
        accountId,
        grantedScopes: ['mail.read', 'mail.send'],
        connectedAt: now,
        authorizedAt: now,
        refreshable: true,
      })),
    ),
  )
  return Promise.all(
    created.map(async ({ subject, setupId }) => ({
      token: await hostToken({ subject }),
      setupId: globalId('PluginSetup', setupId),
    })),
  )
}

test('a subscriber that waits holds little memory, whatever it was sent', COUNTED, async () => {
  await using patchbay = await startPatchbay(HOST)
  const everyone = await people(patchbay, FIRST + ROUNDS * SUBSCRIBERS)
  const url = `${patchbay.url.replace('http', 'ws')}/graphql`
  const clients = new Worker(CLIENTS, { eval: true, workerData: { url, query: QUERY } })
  let total = 0
  let held = 0
  /** Serves that many more, and returns how much memory each of them holds, in KiB. */
  const serve = async (count: number) => {
    const before = held
    clients.postMessage(everyone.slice(total, total + count))
    total += count
    for (let served = 0; served < total; ) [served] = await once(clients, 'message')
    held = await heldBytes()
    return (held - before) / 1024 / count
  }
  await serve(FIRST) // whatever is made once is made now
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await serve(SUBSCRIBERS))
  // What other files left in this process may disappear in some of the rounds.
  const each = rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0
  console.info(`${each.toFixed(1)} KiB for each of ${total} subscribers`)
  expect(Math.max(...rounds), 'what the measurement sees').toBeGreaterThan(1)
  expect(each).toBeLessThan(MAX_KIB)
  await clients.terminate()
})
