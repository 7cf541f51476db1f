import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openPostgres } from '../../src/database/postgres.js'
import { readBacklog } from '../../src/domain/webhook/outbox.js'
import { registerWebhook } from '../../src/domain/webhook/register-webhook.js'
import { count, record } from '../support/counts.js'
import { serviceEnv } from '../support/patchbay.js'
import { PATIENT } from '../support/patience.js'
import { startProcess } from '../support/process.js'
import { answersWith, type Receiver, startReceiver } from '../support/receiver.js'
import { openScene, type Scene, someone, write } from '../support/webhooks.js'

let scene: Scene
let receiver: Receiver
beforeAll(async () => {
  scene = await openScene()
})
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => {
  await receiver[Symbol.asyncDispose]()
  await scene.reset()
})
afterAll(() => scene[Symbol.asyncDispose]())

/** The events of each user, in the order of arrival. */
function byUser(): Map<unknown, unknown[]> {
  const told = new Map<unknown, unknown[]>()
  for (const { event } of receiver.received) {
    const { user, setup } = event.data
    told.set(user?.subject, [...(told.get(user?.subject) ?? []), setup?.plugin])
  }
  return told
}

test(
  'webhooks: two instances on one outbox deliver everything once, each user’s events in order',
  PATIENT,
  async () => {
    const { url = '' } = scene.database
    const rounds = count(40, 10)
    await registerWebhook(scene.deps, 'key', { url: receiver.url, events: [] })
    receiver.behave(() => (request, response) => setImmediate(() => answersWith(204)(request, response)))
    const open = async () => {
      const database = await openPostgres({ url, poolSize: 4, startTimeoutMs: 60_000, onConnectionLost: () => {} })
      const instance = scene.instance({ db: database.db })
      return { instance, close: () => instance.close().then(database.close) }
    }
    const both = [await open(), await open()]
    const users = Array.from({ length: 10 }, someone)
    const written = Array.from({ length: rounds }, (_, index) => `plugin-${index}`)
    const writing = Promise.all(
      users.map(async (user) => {
        for (const plugin of written) await write(scene.db, user, plugin)
      }),
    )
    let isWriting = true
    const delivering = both.map(async ({ instance }) => {
      while (isWriting || (await readBacklog(scene.database.sql)).pending > 0) {
        await instance.look()
        await instance.idle()
      }
    })
    await writing
    isWriting = false
    await Promise.all(delivering)
    await Promise.all(both.map(({ close }) => close()))
    expect(scene.failures).toEqual([])
    const told = byUser()
    record('webhooks', 'two instances on one outbox', {
      events: users.length * rounds,
      deliveries: receiver.received.length,
    })
    expect(receiver.received).toHaveLength(users.length * rounds)
    for (const user of users) expect(told.get(user.subject)).toEqual(written)
  },
)

test('webhooks: a delivery is repeated under the same id if its instance is killed before recording it', {
  timeout: 300_000,
}, async () => {
  const kills = count(20, 1)
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-webhooks-'))
  const env = {
    ...serviceEnv({ url: scene.database.url ?? '' }),
    PATCHBAY_DATA: folder,
    PATCHBAY_KEYS: scene.vaultKey,
    PATCHBAY_SANDBOX: 'off',
  }
  const plugins = () => receiver.received.map(({ event }) => event.data.setup?.plugin)
  await registerWebhook(scene.deps, 'key', { url: receiver.url, events: [] })
  for (let kill = 0; kill < kills; kill++) {
    receiver.received.length = 0
    const dying = await startProcess({ ...env, FAULT: 'die-before-settling' }, { program: 'test/faults/instance' })
    const user = someone()
    for (const plugin of ['one', 'two']) await write(scene.db, user, plugin)
    expect(await dying.ended).toBe('SIGKILL')
    expect(plugins()).toEqual(['one'])
    expect((await readBacklog(scene.database.sql)).pending).toBe(2)

    await scene.deliver()
    expect(plugins()).toEqual(['one']) // the lease hasn't run out
    await scene.pass(31)
    await scene.deliver()
    expect(plugins()).toEqual(['one', 'one', 'two'])
    const [first, again] = receiver.received
    expect([again?.eventId, again?.body]).toEqual([first?.eventId, first?.body])
  }
  record('webhooks', 'instance killed between response and commit', { kills, 'delivered again': kills, lost: 0 })
  await rm(folder, { recursive: true })
})
