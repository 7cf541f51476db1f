import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openVault } from '../../../src/app/open-parts.js'
import { readConfig } from '../../../src/config/environment.js'
import { changeKnownUser } from '../../../src/domain/change/change-user.js'
import { announce } from '../../../src/domain/setup/announce-setups.js'
import { registerWebhook } from '../../../src/domain/webhook/register-webhook.js'
import type { WebhookDeps } from '../../../src/domain/webhook/webhook.js'
import { createWebhookSender } from '../../../src/outbound/webhook-sender.js'
import { Browser } from '../../support/browser.js'
import { connectionsOf, mutate, rowId, startAfresh } from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { answersWith, type Receiver, startReceiver, verified } from '../../support/receiver.js'
import { scrape } from '../../support/scrape.js'
import { startSetup } from '../../support/setups.js'
import { SILENT } from '../../support/webhooks.js'

let patchbay: Patchbay
let deps: WebhookDeps
const neverRead = () => Promise.reject(new Error('no catalogue is read inside a transaction'))
let receiver: Receiver
let secret: string
const sender = createWebhookSender({ allowPrivate: true })

beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_LOG_LEVEL: 'trace' })
  const { vault } = await openVault(readConfig(patchbay.siblingEnv))
  deps = { db: patchbay.database.db, vault, sender, allowPrivate: true }
})
beforeEach(async () => {
  receiver = await startReceiver()
  const registered = await registerWebhook(deps, 'key', { url: `${receiver.url}/canary-path?canary-query`, events: [] })
  secret = registered.secret
  await patchbay.instance.runJobs()
})
afterEach(async () => {
  await receiver[Symbol.asyncDispose]()
  await patchbay.database.db.webhookEndpoint.deleteMany()
  await startAfresh(patchbay)
})
afterAll(async () => {
  await sender.close()
  await patchbay.close()
})

/** Returns the events that the receiver has, after all scheduled jobs have run. */
async function told(): Promise<string[]> {
  await patchbay.instance.runJobs() // what this round announces, the next one delivers
  await patchbay.instance.runJobs()
  return receiver.received.map(
    ({ event: { type, data } }) => `${type} ${data.setup?.plugin ?? data.connection?.connector}`,
  )
}
const chat = async () => (await connectionsOf(patchbay, 'ben')).find(({ connector }) => connector.slug === 'acme-chat')
const publish = (version: string, scopes: string[], slug = 'chatter') =>
  mutate(patchbay, 'ada', 'publishPlugin', {
    manifest: {
      slug,
      name: 'Chatter',
      summary: 'Chats.',
      version,
      connectors: [{ connector: 'acme-chat', scopes, reason: 'To chat.' }],
      skills: [{ slug: 'chat', name: 'Chat', summary: 'Chats.', instructions: 'Chat.' }],
    },
  })
/** Connects the chat app with read and write access, and forgets the events about it. */
async function connectChat(): Promise<void> {
  await publish('1.0.0', ['chat.read', 'chat.write'], 'scoper')
  const { id } = await startSetup(patchbay, 'ben', 'scoper')
  await new Browser(patchbay, 'ben').connect({ connector: 'acme-chat', setupId: id })
  await mutate(patchbay, 'ben', 'removeSetup', { setupId: id })
  await told()
  receiver.received.length = 0
}
/** Lets the access token of the chat connection expire, with no way to refresh it. */
const letExpire = () => patchbay.database.db.$executeRaw`
  UPDATE "Connection" SET "accessTokenExpiresAt" = now() - interval '1 second', refreshable = false`

test('an event goes out when it is written, not with the next round of scheduled jobs', async () => {
  await publish('1.0.0', ['chat.read'])
  await connectChat()
  let change = 0
  const waitForEight = async () => {
    let waitedMs = 0
    for (let round = 0; round < 8; round++) {
      const { id } = await startSetup(patchbay, 'ben', 'chatter')
      const since = performance.now()
      await expect.poll(() => receiver.received.length, { interval: 5, timeout: 45_000 }).toBe(++change)
      waitedMs += performance.now() - since
      await mutate(patchbay, 'ben', 'removeSetup', { setupId: id })
    }
    return waitedMs
  }
  // Rounds are a second apart, so waiting for them takes about 4 s. A busy machine gets more than one chance.
  let waitedMs = await waitForEight()
  for (let chance = 1; waitedMs >= 2_000 && chance < 4; chance++) waitedMs = await waitForEight()
  expect(waitedMs).toBeLessThan(2_000)
})

describe('a setup', () => {
  test('is announced as ready when it becomes ready, and only then', async () => {
    await publish('1.0.0', ['chat.read'])
    await connectChat()
    const { id } = await startSetup(patchbay, 'ben', 'chatter')
    await expect.poll(() => receiver.received.length).toBe(1)
    expect(verified(secret, receiver.received[0] as never)).toMatchObject({
      type: 'setup.ready',
      data: { setup: { id, plugin: 'chatter', status: 'READY' }, user: { organization: expect.any(String) } },
    })
    await startSetup(patchbay, 'ben', 'chatter')
    await mutate(patchbay, 'ben', 'chooseConnection', { setupId: id, connectionId: (await chat())?.id })
    expect(await told()).toEqual(['setup.ready chatter'])
  })

  test('is not announced while it is in progress or an authorization is open', async () => {
    await publish('1.0.0', ['chat.read'])
    const { id } = await startSetup(patchbay, 'ben', 'chatter')
    await new Browser(patchbay, 'ben').authorize({ connector: 'acme-chat', setupId: id })
    expect(await told()).toEqual([])
  })

  test('is announced when it needs attention because its connection expired, and not again during the repair', async () => {
    await publish('1.0.0', ['chat.read'])
    await connectChat()
    const { id } = await startSetup(patchbay, 'ben', 'chatter')
    expect(await told()).toEqual(['setup.ready chatter'])
    receiver.received.length = 0
    await letExpire()
    expect(await told()).toEqual(['connection.broken acme-chat', 'setup.needs_attention chatter'])
    expect(receiver.received[0]?.event.data.connection).toMatchObject({
      id: (await chat())?.id,
      connector: 'acme-chat',
      status: 'EXPIRED',
      problem: 'ACCESS_EXPIRED',
      account: { id: expect.any(String), label: expect.any(String) },
    })
    const connectionId = (await chat())?.id ?? ''
    const attempt = await new Browser(patchbay, 'ben').authorize({ connector: 'acme-chat', setupId: id, connectionId })
    await publish('1.0.1', ['chat.read'])
    expect(await told()).toHaveLength(2)
    await mutate(patchbay, 'ben', 'cancelAuthorization', { authorizationId: attempt.id })
    await publish('1.0.2', ['chat.read'])
    expect(await told()).toHaveLength(2)
  })

  test('is announced each time an operator’s new version changes its status', async () => {
    await publish('1.0.0', ['chat.read'])
    await connectChat()
    await startSetup(patchbay, 'ben', 'chatter')
    expect(await told()).toEqual(['setup.ready chatter'])
    receiver.received.length = 0
    await publish('2.0.0', ['chat.read', 'chat.admin'])
    expect(await told()).toEqual(['setup.needs_attention chatter'])
    await publish('2.0.1', ['chat.admin'])
    expect(await told()).toEqual(['setup.needs_attention chatter'])
    await publish('3.0.0', ['chat.read'])
    expect(await told()).toEqual(['setup.needs_attention chatter', 'setup.ready chatter'])
  })

  test('is announced later if the catalogue was not in memory when it changed', async () => {
    await publish('1.0.0', ['chat.read'])
    await connectChat()
    const { id } = await startSetup(patchbay, 'ben', 'chatter')
    await patchbay.instance.runJobs()
    receiver.received.length = 0
    const { userId } = await patchbay.database.db.setup.findUniqueOrThrow({ where: { id: rowId(id) } })
    const onAnotherInstance = { db: patchbay.database.db, notifier: SILENT }
    await changeKnownUser(onAnotherInstance, userId, async (tx, change) => {
      await tx.connection.updateMany({ where: { userId }, data: { status: 'BROKEN', problemCode: 'ACCESS_REVOKED' } })
      await announce(tx, { catalogue: { present: () => undefined, at: neverRead, current: neverRead } }, change)
      return true
    })
    expect(await told()).toEqual(['setup.needs_attention chatter'])
  })
})

test('a connection that is disconnected is announced as removed', async () => {
  await connectChat()
  const connection = await chat()
  await mutate(patchbay, 'ben', 'disconnect', { connectionId: connection?.id })
  expect(await told()).toEqual(['connection.removed acme-chat'])
  expect(receiver.received[0]?.event.data).toMatchObject({
    connection: { id: connection?.id, status: 'REMOVED', problem: null },
  })
})

test('no secret, path or account appears in a log line, and each try is counted by type and outcome', async () => {
  await connectChat()
  const before = await scrape(patchbay)
  receiver.behave(() => answersWith(500))
  await mutate(patchbay, 'ben', 'disconnect', { connectionId: (await chat())?.id })
  await patchbay.instance.runJobs()
  const after = await scrape(patchbay)
  const labels = { type: 'connection.removed', outcome: 'PENDING' }
  const tries = 'patchbay_webhook_tries_total'
  expect(after.samples).toContainEqual({ name: tries, labels: { ...labels, outcome: 'DEAD' }, value: 0 })
  expect(after.value(tries, labels) - before.value(tries, labels)).toBe(1)
  await patchbay.instance.runJobs()
  expect((await scrape(patchbay)).value('patchbay_webhook_pending')).toBe(1)
  const logged = patchbay.logged.join('')
  expect(logged).toContain('webhook not delivered')
  for (const hidden of [secret, secret.slice(6), 'canary-path', 'canary-query', '@northwind.example']) {
    expect(logged.includes(hidden), hidden).toBe(false)
    expect(after.text.includes(hidden), hidden).toBe(false)
  }
})

test('a user’s action completes while an endpoint is being removed', async () => {
  if (!patchbay.database.url) return // with one session, nothing can happen in between
  const { db } = patchbay.database
  await publish('1.0.0', ['chat.read'])
  await connectChat()
  let starting: Promise<unknown> = Promise.resolve()
  await db.$transaction(async (tx) => {
    await tx.webhookEndpoint.deleteMany()
    starting = startSetup(patchbay, 'ben', 'chatter')
    const isWaiting = async () => {
      const [row] = await db.$queryRaw<{ waiting: number }[]>`
        SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
      return row?.waiting
    }
    await expect.poll(isWaiting).toBe(1)
  })
  await starting
  expect(await db.webhookDelivery.count()).toBe(0)
})
