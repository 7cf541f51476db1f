import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEnvelopeVault } from '../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../src/vault/key-ring.js'
import { configureConnector } from '../support/connecting.js'
import { count, record } from '../support/counts.js'
import { CONNECTOR, described, insertConnection } from '../support/insert-connection.js'
import { userOf } from '../support/keepers.js'
import { type RotatingApp, startRotatingApp } from '../support/rotating-app.js'
import { startTcpProxy } from '../support/tcp-proxy.js'
import { type Fault, type Installation, type Instance, startInstallation } from './installation.js'

const KEY = randomBytes(32).toString('base64')
const vault = createEnvelopeVault(createKeyRing([KEY]))

let app: RotatingApp
let installation: Installation
beforeAll(async () => {
  app = await startRotatingApp()
  installation = await startInstallation({ PATCHBAY_KEYS: KEY })
  await configureConnector(installation.patchbay, CONNECTOR, described(app))
})
afterAll(async () => {
  await installation[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})
beforeEach(() => {
  app.beforeRefresh = app.afterRefresh = undefined
})

const db = () => installation.patchbay.database.db
/** Due only for the user that the test is about. */
const insert = (facts = {}) => {
  const account = randomUUID()
  return insertConnection({ db: db(), vault, app }, userOf(account), account, { refreshDueAt: null, ...facts })
}
const connection = (id: string) => db().connection.findUniqueOrThrow({ where: { id } })
/** While it is held, the instance in this process doesn't look for due refreshes. */
function heldBack(): Disposable {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const tap = installation.patchbay.database.tap((sql) =>
    sql.includes('SELECT DISTINCT k."providerKey"') ? held : undefined,
  )
  return {
    [Symbol.dispose]() {
      tap[Symbol.dispose]()
      release()
    },
  }
}

const AFTER = {
  // The app knows nothing about it, so the next one refreshes.
  'die-after-claim': { status: 'LIVE', tokenVersion: 2, problemCode: null },
  // The app has replaced the tokens, and no one has them. This is the only possible loss, and the connection says so.
  'die-while-asked': { status: 'BROKEN', tokenVersion: 1, problemCode: 'REFRESH_INTERRUPTED' },
  'die-before-store': { status: 'BROKEN', tokenVersion: 1, problemCode: 'REFRESH_INTERRUPTED' },
  'die-after-store': { status: 'LIVE', tokenVersion: 2, problemCode: null },
} satisfies Partial<Record<Fault | 'die-while-asked', object>>

test('R2: killing an instance during a refresh loses only tokens that are not stored yet, and the connection says so', {
  timeout: 600_000,
}, async () => {
  const faults = Object.keys(AFTER) as (keyof typeof AFTER)[]
  const rounds = count(10, 1)
  let lost = 0
  for (let round = 0; round < rounds; round++) {
    const instances = await Promise.all(
      faults.map((fault) => installation.start(fault === 'die-while-asked' ? {} : { fault: fault as Fault })),
    )
    for (const { process } of instances) process.kill('SIGSTOP')
    for (const [index, fault] of faults.entries()) {
      const dying = instances[index]
      if (!dying) throw new Error('an instance for each fault')
      const id = await insert()
      if (fault === 'die-while-asked') {
        app.afterRefresh = () => {
          dying.process.kill('SIGKILL')
          return new Promise(() => {}) // its response never arrives
        }
      }
      {
        using _held = heldBack()
        await db().connection.update({ where: { id }, data: { refreshDueAt: new Date(0) } })
        dying.process.kill('SIGCONT')
        expect(await dying.ended).toBe('SIGKILL')
      }
      app.afterRefresh = undefined
      // The lease of the dead instance runs out, half a minute later.
      await db().connection.update({ where: { id }, data: { refreshLeaseUntil: new Date(0) } })
      await installation.patchbay.instance.runJobs()
      const { status, tokenVersion, problemCode } = await connection(id)
      expect({ status, tokenVersion, problemCode }, fault).toEqual(AFTER[fault])
      if (status === 'BROKEN') lost++
    }
  }
  record('R2', 'instance killed at each point of a refresh', {
    kills: rounds * faults.length,
    'connections lost, and reported': lost,
  })
  expect(lost).toBe(rounds * 2)
  expect(installation.accidents()).toEqual([])
})

describe('R3: an instance paused after it has asked the app, for longer than a request may take', () => {
  const stoppedMs = count(60_000, 11_500)
  const MINUTE = 60_000
  afterEach(async () => {
    await Promise.all(installation.instances.map((instance) => instance.stop()))
  })

  /** Stops a separate instance while the app's response is on its way, and resumes it. */
  async function stopped(id: string, ms: number, meanwhile: () => Promise<unknown>): Promise<Instance> {
    const instance = await installation.start({ env: { PATCHBAY_LOG_LEVEL: 'debug' } })
    const asked = new Promise<void>((resolve) => {
      app.afterRefresh = () => {
        instance.process.kill('SIGSTOP')
        resolve()
      }
    })
    {
      using _held = heldBack()
      await db().connection.update({ where: { id }, data: { refreshDueAt: new Date(0) } })
      await asked
      await after(ms)
      await db().connection.update({ where: { id }, data: { refreshLeaseUntil: new Date(0) } })
    }
    await meanwhile()
    instance.process.kill('SIGCONT')
    return instance
  }

  test('stores the new tokens, and the refresh token was not used a second time', { timeout: 120_000 }, async () => {
    const id = await insert({ accessTokenExpiresAt: new Date(Date.now() + 4 * MINUTE) })
    Object.assign(app, { tokenCalls: 0, reuses: 0 })
    await stopped(id, stoppedMs, () => installation.patchbay.instance.runJobs())
    await expect.poll(async () => (await connection(id)).tokenVersion).toBe(2)
    record('R3', 'instance paused between the request for new tokens and the response', {
      'paused (ms)': stoppedMs,
      'token calls': app.tokenCalls,
      'refresh tokens used twice': app.reuses,
    })
    expect(app).toMatchObject({ tokenCalls: 1, reuses: 0 })
    expect(await connection(id)).toMatchObject({ status: 'LIVE', problemCode: null })
    expect(installation.accidents()).toEqual([])
  })

  test('does not overwrite newer tokens', { timeout: 120_000 }, async () => {
    const id = await insert({ accessTokenExpiresAt: new Date(Date.now() + 4 * MINUTE) })
    const later = new Date(Date.now() + 60 * MINUTE)
    const instance = await stopped(id, 0, () =>
      db().connection.update({ where: { id }, data: { tokenVersion: 7, refreshDueAt: later } }),
    )
    await expect.poll(() => instance.log.join('\n')).toContain('"result":"overtaken"')
    expect(await connection(id)).toMatchObject({ status: 'LIVE', tokenVersion: 7 })
  })
})

test('R8: new tokens that arrive while PostgreSQL is away are held, and stored once it is back', {
  timeout: 120_000,
}, async () => {
  const { url = '' } = installation.patchbay.database
  const { hostname, port } = new URL(url)
  await using proxy = await startTcpProxy({ host: hostname, port: Number(port) })
  const throughProxy = new URL(url)
  throughProxy.host = `127.0.0.1:${proxy.port}`
  const instance = await installation.start({ env: { DATABASE_URL: throughProxy.href } })
  const id = await insert()
  Object.assign(app, { tokenCalls: 0, reuses: 0 })
  const asked = new Promise<void>((resolve) => {
    app.afterRefresh = () => {
      proxy.blackHoleAll()
      proxy.cut()
      resolve()
    }
  })
  {
    using _held = heldBack()
    await db().connection.update({ where: { id }, data: { refreshDueAt: new Date(0) } })
    await asked
    const said = () => instance.log.join('\n')
    await expect.poll(said).toContain('new tokens could not be stored. Keeping them in memory and retrying')
    proxy.heal()
    await expect.poll(async () => (await connection(id)).tokenVersion).toBe(2)
  }
  record('R8', 'PostgreSQL down when new tokens arrive', {
    'token calls': app.tokenCalls,
    'refresh tokens used twice': app.reuses,
  })
  expect(app).toMatchObject({ tokenCalls: 1, reuses: 0 })
  expect(await connection(id)).toMatchObject({ status: 'LIVE', problemCode: null })
  await instance.stop()
  expect(installation.accidents()).toEqual([])
})
