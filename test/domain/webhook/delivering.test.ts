import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { changeUser } from '../../../src/domain/change/change-user.js'
import { sqlOn } from '../../../src/domain/db.js'
import type { Viewer } from '../../../src/domain/identity/viewer.js'
import { recordEvents, setupEvent } from '../../../src/domain/webhook/events.js'
import { pruneDeliveries, readBacklog, settleDeliveries, takeDeliveries } from '../../../src/domain/webhook/outbox.js'
import { registerWebhook } from '../../../src/domain/webhook/register-webhook.js'
import { replayDeliveries } from '../../../src/domain/webhook/replay-deliveries.js'
import { RETRY_WINDOW_MS } from '../../../src/domain/webhook/retry.js'
import { createEnvelopeVault } from '../../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../../src/vault/key-ring.js'
import { redirects, staysSilent } from '../../support/hostile-server.js'
import { answersWith, type Receiver, resetsConnection, startReceiver, verified } from '../../support/receiver.js'
import { openScene, type Scene, SILENT, someone, write } from '../../support/webhooks.js'

const HOUR = 3_600
const DAY = 24 * HOUR

let scene: Scene
let receiver: Receiver
let other: Receiver

beforeAll(async () => {
  scene = await openScene()
})
beforeEach(async () => {
  receiver = await startReceiver()
  other = await startReceiver()
})
afterEach(async () => {
  await receiver[Symbol.asyncDispose]()
  await other[Symbol.asyncDispose]()
  expect(scene.failures).toEqual([])
  await scene.reset()
})
afterAll(() => scene[Symbol.asyncDispose]())

const register = (to = receiver, events: string[] = []) => registerWebhook(scene.deps, 'key', { url: to.url, events })
const statuses = async () => {
  const rows = await scene.db.webhookDelivery.findMany({ orderBy: { sequence: 'asc' } })
  return rows.map(({ status, lastResult, attempts }) => `${status} ${lastResult} ${attempts}`)
}
const plugins = (to = receiver) => to.received.map(({ event }) => event.data.setup?.plugin)

describe('a delivery', () => {
  test('is signed so that the library verifies it, and is byte for byte the same on each try', async () => {
    const { secret } = await register()
    const viewer = someone()
    await write(scene.db, viewer, 'inbox-helper')
    receiver.behave(() => answersWith(500))
    await scene.deliver()
    await scene.pass(HOUR)
    receiver.behave(() => answersWith(204))
    await scene.deliver()

    const [first, second] = receiver.received
    if (!first || !second) throw new Error('it was not tried twice')
    expect(verified(secret, first)).toEqual({
      type: 'setup.ready',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: {
        user: { issuer: viewer.issuer, subject: viewer.subject, organization: 'hosted' },
        setup: { id: expect.any(String), plugin: 'inbox-helper', status: 'READY' },
      },
    })
    expect(first.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Patchbay' })
    expect([second.eventId, second.body]).toEqual([first.eventId, first.body])
    expect(verified(secret, second)).toEqual(verified(secret, first))
    expect(() => verified(secret, { ...first, body: first.body.replace('READY', 'ready') })).toThrow('signature')
    expect(() => verified(`whsec_${randomBytes(32).toString('base64')}`, first)).toThrow('signature')
    expect(await statuses()).toEqual(['DELIVERED 204 2'])
  })

  test('has the same id at every endpoint that wants the event, and goes to no other', async () => {
    await register(receiver, ['setup.ready'])
    await register(other)
    await using third = await startReceiver()
    await register(third, ['connection.broken'])
    await write(scene.db, someone(), 'inbox-helper')
    await scene.deliver()
    expect(receiver.received.map(({ eventId }) => eventId)).toEqual(other.received.map(({ eventId }) => eventId))
    expect(receiver.received).toHaveLength(1)
    expect(third.received).toEqual([])
  })

  test('does not exist if the change that it announces was rolled back', async () => {
    await register()
    const change = changeUser({ db: scene.db, notifier: SILENT }, someone(), async (tx, change) => {
      const event = setupEvent({ id: randomUUID(), pluginSlug: 'one', status: 'READY' })
      await recordEvents(sqlOn(tx), change, [event])
      expect(await tx.webhookDelivery.count()).toBe(1)
      throw new Error('rolled back')
    })
    await expect(change).rejects.toThrow('rolled back')
    expect(await statuses()).toEqual([])
  })

  test('does not exist for an endpoint that was registered later', async () => {
    await write(scene.db, someone(), 'before')
    await register()
    await scene.deliver()
    expect(receiver.received).toEqual([])
  })
})

describe('a failed delivery', () => {
  test.each([
    ['500', () => answersWith(500)],
    ['404', () => answersWith(404)],
    ['302', () => redirects(302, 'http://localhost:1/')],
    ['UNREACHABLE', () => resetsConnection],
  ])('is retried after a pause, and not before, when the result is %s', async (result, behaviour) => {
    await register()
    await write(scene.db, someone(), 'inbox-helper')
    receiver.behave(behaviour)
    await scene.deliver()
    await scene.deliver()
    expect(await statuses()).toEqual([`PENDING ${result} 1`])
    receiver.behave(() => answersWith(200))
    await scene.pass(5)
    await scene.deliver()
    expect(await statuses()).toEqual(['DELIVERED 200 2'])
  })

  test('is retried after a pause when the receiver hangs', async () => {
    await register()
    await write(scene.db, someone(), 'inbox-helper')
    receiver.behave(() => staysSilent)
    await using impatient = scene.instance({ timeoutMs: 100 })
    await impatient.look()
    await impatient.idle()
    expect(await statuses()).toEqual(['PENDING TIMED_OUT 1'])
    receiver.behave(() => answersWith(200))
    await scene.pass(5)
    await scene.deliver()
    expect(await statuses()).toEqual(['DELIVERED 200 2'])
  })

  test('waits as long as Retry-After asks', async () => {
    await register()
    await write(scene.db, someone(), 'inbox-helper')
    receiver.behave(() => answersWith(503, { 'retry-after': '7200' }))
    await scene.deliver()
    await scene.pass(7_190)
    await scene.deliver()
    expect(receiver.received).toHaveLength(1)
    await scene.pass(20)
    await scene.deliver()
    expect(receiver.received).toHaveLength(2)
  })

  test('survives an hour of 500 responses without loss and without a storm of requests', async () => {
    await register()
    const viewer = someone()
    for (const plugin of ['one', 'two', 'three']) await write(scene.db, viewer, plugin)
    receiver.behave(() => answersWith(500))
    for (let minute = 0; minute < 60; minute += 3) {
      await scene.deliver()
      await scene.pass(180)
    }
    expect(receiver.received.length).toBeLessThan(20)
    expect(new Set(plugins())).toEqual(new Set(['one']))
    receiver.behave(() => answersWith(204))
    await scene.pass(HOUR)
    await scene.deliver()
    expect(plugins().slice(-3)).toEqual(['one', 'two', 'three'])
    expect(await readBacklog(scene.database.sql)).toEqual({ pending: 0, oldestSeconds: 0 })
  })

  test('is dead after a day, lets the user’s next event through, and can be replayed in order', async () => {
    const { webhook } = await register()
    const viewer = someone()
    for (const plugin of ['one', 'two']) await write(scene.db, viewer, plugin)
    receiver.behave(({ event }) => answersWith(event.data.setup?.plugin === 'three' ? 204 : 500))
    await scene.deliver()
    await scene.pass(DAY + 1)
    await write(scene.db, viewer, 'three')
    await scene.deliver()
    expect(await statuses()).toEqual(['DEAD 500 2', 'DEAD 500 1', 'DELIVERED 204 1'])
    expect(scene.tries.filter(({ outcome }) => outcome === 'DEAD')).toHaveLength(2)

    receiver.behave(() => answersWith(204))
    receiver.received.length = 0
    expect(await replayDeliveries(scene.deps, webhook.id, { since: new Date(0) })).toBe(2)
    expect((await readBacklog(scene.database.sql)).oldestSeconds).toBeLessThan(60)
    await scene.deliver()
    expect(plugins()).toEqual(['one', 'two'])
    expect(await replayDeliveries(scene.deps, webhook.id, { since: new Date(0) })).toBe(0)
  })

  test('gets another day and starts its pauses over when it is replayed', async () => {
    const { webhook } = await register()
    await write(scene.db, someone(), 'one')
    await scene.pass(DAY + 1)
    receiver.behave(() => answersWith(500))
    await scene.deliver()
    const { id = '' } = (await scene.db.webhookDelivery.findFirst()) ?? {}
    expect(await replayDeliveries(scene.deps, webhook.id, { ids: [id] })).toBe(1)
    await scene.deliver()
    expect(await statuses()).toEqual(['PENDING 500 1'])
    await scene.pass(5)
    await scene.deliver()
    expect(await statuses()).toEqual(['PENDING 500 2'])
  })

  test('is tried for the same time whether this instance or an older one wrote it, and after a replay', async () => {
    const { webhook } = await register()
    const viewer = someone()
    await write(scene.db, viewer, 'one')
    await scene.db.$executeRaw`
      INSERT INTO "WebhookDelivery" ("endpointId", "eventId", "userId", type, payload, "createdAt", "dueAt")
      SELECT "endpointId", "eventId", "userId", type, payload, "createdAt", "dueAt" FROM "WebhookDelivery"`
    const written = await scene.db.webhookDelivery.findMany()
    const windows = written.map(({ createdAt, retryUntil }) => retryUntil.getTime() - createdAt.getTime())
    expect(windows).toHaveLength(2)
    for (const window of windows) expect(Math.abs(window - RETRY_WINDOW_MS)).toBeLessThan(60_000)
    expect((await readBacklog(scene.database.sql)).oldestSeconds).toBeLessThan(60)

    await scene.pass(2 * DAY)
    await scene.db.webhookDelivery.updateMany({ data: { status: 'DEAD', endedAt: new Date(0) } })
    const before = Date.now()
    expect(await replayDeliveries(scene.deps, webhook.id, { since: new Date(0) })).toBe(2)
    for (const { retryUntil } of await scene.db.webhookDelivery.findMany()) {
      expect(Math.abs(retryUntil.getTime() - before - RETRY_WINDOW_MS)).toBeLessThan(60_000)
    }
  })

  test('is dead immediately after 410 Gone', async () => {
    await register()
    await write(scene.db, someone(), 'one')
    receiver.behave(() => answersWith(410))
    await scene.deliver()
    expect(await statuses()).toEqual(['DEAD 410 1'])
  })

  test('waits, without a request, while the key of its secret is missing', async () => {
    await register()
    await write(scene.db, someone(), 'one')
    await using without = scene.instance({
      vault: createEnvelopeVault(createKeyRing([randomBytes(32).toString('base64')])),
    })
    await without.look()
    await without.idle()
    expect(await statuses()).toEqual(['PENDING SECRET_UNAVAILABLE 1'])
    expect(receiver.received).toEqual([])
    await scene.pass(5)
    await scene.deliver()
    expect(await statuses()).toEqual(['DELIVERED 204 2'])
  })
})

describe('delivery order', () => {
  test('keeps each user’s events in order at each endpoint, one at a time, whatever fails', async () => {
    const failures = fc.array(fc.boolean(), { minLength: 5, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(failures, failures, async (here, there) => {
        await scene.reset()
        const places = [receiver, other]
        const left = [[...here], [...there]]
        for (const [index, place] of places.entries()) {
          place.received.length = 0
          place.behave(() => answersWith(left[index]?.pop() ? 500 : 204))
          await register(place)
        }
        const users = [someone(), someone(), someone()]
        const written = ['one', 'two', 'three', 'four']
        await Promise.all(users.map((user) => inTurn(written, (plugin) => write(scene.db, user, plugin))))
        for (let rounds = 0; (await readBacklog(scene.database.sql)).pending > 0; rounds++) {
          expect(rounds).toBeLessThan(1_000)
          await scene.deliver()
          await scene.pass(600)
        }
        for (const place of places) {
          for (const user of users) expect(withoutRepeats(place, user)).toEqual(written)
        }
        expect(scene.tries.filter(({ outcome }) => outcome === 'DELIVERED')).toHaveLength(24)
      }),
      { numRuns: 4 },
    )
  })

  test('holds back only the same user’s next event at the same endpoint while one is under way', async () => {
    await register()
    await register(other)
    const [slow, quick] = [someone(), someone()]
    let answer = () => {}
    const asked = new Promise<void>((resolve) => {
      receiver.behave(({ event }) => (request, response) => {
        if (event.data.user?.subject !== slow.subject) return answersWith(204)(request, response)
        answer = () => answersWith(204)(request, response)
        resolve()
      })
    })
    await using instance = scene.instance({ timeoutMs: 20_000 })
    for (const plugin of ['one', 'two']) await write(scene.db, slow, plugin)
    await instance.look()
    await asked
    await write(scene.db, quick, 'three')
    await instance.look()
    const delivered = () => scene.db.webhookDelivery.count({ where: { status: 'DELIVERED' } })
    await expect.poll(delivered).toBe(4) // all for the other endpoint, and this one's fast user
    expect(plugins()).toEqual(['one', 'three'])
    expect(plugins(other)).toHaveLength(3)
    receiver.behave(() => answersWith(204))
    answer()
    await expect.poll(delivered).toBe(6)
    expect(plugins()).toEqual(['one', 'three', 'two'])
  })

  test('allows at most ten requests at a time to one endpoint', async () => {
    await register()
    let under = 0
    let most = 0
    receiver.behave(() => (request, response) => {
      most = Math.max(most, ++under)
      setImmediate(() => {
        under--
        answersWith(204)(request, response)
      })
    })
    await Promise.all(Array.from({ length: 40 }, () => write(scene.db, someone(), 'one')))
    await scene.deliver()
    expect(receiver.received).toHaveLength(40)
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(10)
  })
})

describe('one of several instances', () => {
  test('leaves a delivery that another has taken until the lease ends', async () => {
    const { webhook } = await register()
    await write(scene.db, someone(), 'one')
    const [taken] = await takeDeliveries(scene.db, webhook.id, 8, 30_000)
    expect(taken).toMatchObject({ attempts: 1, url: receiver.url })
    expect(await takeDeliveries(scene.db, webhook.id, 8, 30_000)).toEqual([])
    await scene.pass(31)
    expect(await takeDeliveries(scene.db, webhook.id, 8, 30_000)).toHaveLength(1)
  })

  test('overwrites nothing that another has done while it was paused', async () => {
    const { webhook } = await register()
    await write(scene.db, someone(), 'one')
    const [delivery] = await takeDeliveries(scene.db, webhook.id, 8, 30_000)
    if (!delivery) throw new Error('nothing was taken')
    const failed = { status: 'PENDING', dueAt: new Date(Date.now() + 60_000), result: '500' } as const
    await scene.pass(31)
    await takeDeliveries(scene.db, webhook.id, 8, 40_000) // for longer, because leases differ by when they end
    expect(await settleDeliveries(scene.db, [{ delivery, verdict: failed }])).toEqual(new Set())
    expect(await statuses()).toEqual(['PENDING null 2'])
    await scene.pass(41)
    await scene.deliver()
    expect(await settleDeliveries(scene.db, [{ delivery, verdict: failed }])).toEqual(new Set())
    expect(await statuses()).toEqual(['DELIVERED 204 3'])
  })

  test('does not send a delivery if its lease ends before it can', async () => {
    await register()
    await write(scene.db, someone(), 'one')
    const { vault } = scene
    await using instance = scene.instance({
      leaseMs: 40,
      vault: {
        ...vault,
        async open(...args) {
          const since = performance.now()
          await expect.poll(() => performance.now() - since).toBeGreaterThan(40)
          return vault.open(...args)
        },
      },
    })
    await instance.look()
    await instance.idle()
    expect(receiver.received).toEqual([])
    expect(await statuses()).toEqual(['PENDING HELD_UP 1'])
  })

  test('keeps results that it cannot write until it can', async () => {
    await register()
    await write(scene.db, someone(), 'one')
    await using instance = scene.instance()
    {
      using _broken = scene.database.tap((sql) => {
        if (sql.includes('jsonb_to_recordset')) throw new Error('the database is away')
      })
      await instance.look()
      await instance.idle()
    }
    expect(String(scene.failures.splice(0)[0])).toContain('away')
    expect(await statuses()).toEqual(['PENDING null 1'])
    await instance.look()
    await instance.idle()
    expect(await statuses()).toEqual(['DELIVERED 204 1'])
    expect(receiver.received).toHaveLength(1)
  })

  test('finishes the deliveries under way when it closes', async () => {
    await register()
    for (let index = 0; index < 20; index++) await write(scene.db, someone(), 'one')
    const instance = scene.instance()
    await instance.look()
    await expect.poll(() => receiver.received.length).toBeGreaterThan(0)
    await instance.close()
    const rows = await statuses()
    expect(rows.filter((row) => row === 'PENDING null 1')).toEqual([])
    expect(rows.filter((row) => row === 'DELIVERED 204 1')).toHaveLength(receiver.received.length)
  })
})

describe('pruning', () => {
  test('keeps delivered events for 7 days, dead ones for 30, and pending ones until they end', async () => {
    await register()
    await register(other)
    other.behave(() => answersWith(410))
    await write(scene.db, someone(), 'one')
    await scene.deliver()
    expect(await pruneDeliveries(scene.database)).toBe(0)
    await scene.pass(7 * DAY + 1)
    expect(await pruneDeliveries(scene.database)).toBe(1)
    expect(await statuses()).toEqual(['DEAD 410 1'])
    await write(scene.db, someone(), 'two')
    await scene.pass(23 * DAY)
    expect(await pruneDeliveries(scene.database)).toBe(1)
    expect(await statuses()).toEqual(['PENDING null 0', 'PENDING null 0'])
  })

  test('keeps nothing of an erased user once their deliveries have ended', async () => {
    await register()
    const erased = someone()
    const stays = someone()
    for (const user of [erased, stays]) await write(scene.db, user, 'one')
    receiver.behave(() => answersWith(500))
    await scene.deliver()
    await scene.db.$executeRaw`UPDATE "User" SET "erasedAt" = now() WHERE id = ${erased.userId}::uuid`
    await scene.pass(5)
    await scene.deliver()
    expect(await statuses()).toEqual(['PENDING 500 2', 'PENDING 500 2'])
    receiver.behave(() => answersWith(204))
    await scene.pass(HOUR)
    await scene.deliver()
    expect(await statuses()).toEqual(['DELIVERED 204 3'])
    expect(scene.tries.filter(({ outcome }) => outcome === 'DELIVERED')).toHaveLength(2)
  })

  test('removes a delivery that ended at the moment its user was erased', async () => {
    await register()
    const erased = someone()
    await write(scene.db, erased, 'one')
    await scene.deliver()
    await scene.db.$executeRaw`UPDATE "User" SET "erasedAt" = now() WHERE id = ${erased.userId}::uuid`
    expect(await pruneDeliveries(scene.database)).toBe(1)
  })
})

function withoutRepeats(place: Receiver, user: Viewer): unknown[] {
  const seen = place.received.filter(({ event }) => event.data.user?.subject === user.subject)
  return seen.map(({ event }) => event.data.setup?.plugin).filter((plugin, index, all) => plugin !== all[index - 1])
}

async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (const item of items) await work(item)
}
