import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { count, record } from '../support/counts.js'
import {
  CONNECTORS,
  type ConnectorsScreen,
  change,
  SETUP,
  type SetupScreen,
  startSetup,
  watching,
} from '../support/host-user.js'
import { outcome } from '../support/process.js'
import { TRANSPORTS } from '../support/subscriber.js'
import { type Installation, type Instance, newPerson, startInstallation, storedRevision } from './installation.js'
import { timesOf } from './load/tasks.js'

const RIGHT_WITHIN_MS = 5_000
const ABSENCES = ['a moment', 'five minutes', 'a day'] as const

let installation: Installation
let instances: Instance[]
beforeAll(async () => {
  installation = await startInstallation()
  instances = await Promise.all([installation.start(), installation.start()])
})
afterAll(() => installation[Symbol.asyncDispose]())

const at = (turn: number) => instances[turn % instances.length] ?? installation.patchbay
const transportOf = (turn: number) => TRANSPORTS[turn % TRANSPORTS.length] ?? 'WebSocket'

/** Moves all of a person's authorizations into the past, as if this much time had passed. */
async function letPass(absence: (typeof ABSENCES)[number], userId: string): Promise<void> {
  const seconds = { 'a moment': 1, 'five minutes': 300, 'a day': 86_400 }[absence]
  await installation.patchbay.database.db.$executeRaw`
    UPDATE "Authorization" SET "createdAt" = "createdAt" - make_interval(secs => ${seconds}::double precision),
      "expiresAt" = "expiresAt" - make_interval(secs => ${seconds}::double precision)
    WHERE "userId" = ${userId}::uuid`
}

test('L1: a callback at one instance turns the step live for a subscriber of another one', {
  timeout: 600_000,
}, async () => {
  const callbacks = count(300, 6)
  const pushedMs: number[] = []
  for (let turn = 0; turn < callbacks; turn++) {
    const person = await newPerson(installation)
    const [here, there] = [at(turn), at(turn + 1)]
    const browser = person.at(here)
    const { id } = await startSetup(browser)
    await using screen = await watching<SetupScreen>(person.at(there), SETUP, { id }, transportOf(turn))
    const { url } = await browser.authorize({ connector: 'acme-mail' })
    const callback = await browser.consent(url, { account: 'ada-work', allow: true })
    const callbackUrl = callback.callbackUrl.replace(installation.patchbay.url, new URL(here.url).origin)
    const sentAt = performance.now()
    const isLive = async () => {
      for (;;) {
        const { data } = await screen.next()
        if (data.setupProgress?.steps[0]?.status === 'LIVE') return performance.now() - sentAt
      }
    }
    const [page, ms] = await Promise.all([browser.deliver({ ...callback, callbackUrl }), isLive()])
    expect(page.status).toBe(303)
    pushedMs.push(ms)
  }
  const { p50, p99 } = timesOf(pushedMs)
  record('L1', 'callbacks at one instance, subscribers at another', {
    callbacks,
    'live, p50 (ms after the callback was sent)': p50,
    'p99 (ms)': p99,
  })
  expect(installation.accidents()).toEqual([])
})

test('L8: a subscriber that returns with `since` gets one snapshot, or nothing if nothing has changed', {
  timeout: 600_000,
}, async () => {
  const returns = count(300, 9)
  let snapshots = 0
  let silent = 0
  for (let turn = 0; turn < returns; turn++) {
    const person = await newPerson(installation)
    await startSetup(person.at(at(turn)))
    const absence = ABSENCES[turn % ABSENCES.length] ?? 'a moment'
    const before = await watching<ConnectorsScreen>(person.at(at(turn)), CONNECTORS, {}, transportOf(turn))
    const since = (await before.next()).data.connectionStatus.revision
    await before.close()
    const changes = turn % 4
    for (let made = 0; made < changes; made++) await change(person.at(at(turn + made)))
    await letPass(absence, person.userId)
    if (absence === 'a day' && changes > 0) {
      // The authorizations that it left open have expired in the meantime, and each of those is a change too.
      await expect.poll(() => storedRevision(installation, person)).toBe(since + 2 * changes)
    }
    const expected = await storedRevision(installation, person)
    await using after = await watching<ConnectorsScreen>(
      person.at(at(turn + 1)),
      CONNECTORS,
      { since },
      transportOf(turn),
    )
    if (changes > 0) {
      expect((await after.next()).data.connectionStatus.revision).toBe(expected)
      snapshots++
    } else silent++
    await change(person.at(at(turn)))
    expect((await after.next()).data.connectionStatus.revision).toBe(expected + 1)
    expect(after.waiting()).toEqual([])
  }
  record('L8', 'subscribers that return with `since`, at another instance', { returns, snapshots, silent })
  expect(installation.accidents()).toEqual([])
})

test('L9: after a restore to an older state, open and returning subscribers get what is stored', {
  timeout: 600_000,
}, async () => {
  const restores = count(50, 2)
  let slowestMs = 0
  for (let turn = 0; turn < restores; turn++) {
    const person = await newPerson(installation)
    await startSetup(person.at(at(turn)))
    for (let made = 0; made < 3; made++) await change(person.at(at(turn)))
    const open = await Promise.all(
      TRANSPORTS.map((transport, index) =>
        watching<ConnectorsScreen>(person.at(at(turn + index)), CONNECTORS, {}, transport),
      ),
    )
    const [first] = await Promise.all(open.map((screen) => screen.next()))
    const since = first?.data.connectionStatus.revision ?? 0
    await installation.patchbay.database.db.$transaction([
      installation.patchbay.database.db.authorization.deleteMany({ where: { userId: person.userId } }),
      installation.patchbay.database.db
        .$executeRaw`UPDATE "User" SET revision = revision - 3 WHERE id = ${person.userId}::uuid`,
    ])
    const restored = performance.now()
    await using back = await watching<ConnectorsScreen>(person.at(at(turn)), CONNECTORS, { since }, transportOf(turn))
    for (const screen of [back, ...open]) {
      expect((await screen.next()).data.connectionStatus.revision).toBe(since - 3)
      slowestMs = Math.max(slowestMs, performance.now() - restored)
    }
    await Promise.all(open.map((screen) => screen.close()))
  }
  record('L9', 'database restored to an older state, with a newer `since`', {
    restores,
    screens: restores * 3,
    stale: 0,
    slowestMs: Math.round(slowestMs),
  })
  expect(slowestMs).toBeLessThan(RIGHT_WITHIN_MS)
})

test('L13: a version published on the command line reaches every subscriber, even one that returns with an older `since`', {
  timeout: 600_000,
}, async () => {
  const versions = count(20, 1)
  const people = count(50, 5)
  const manifest = JSON.parse(await readFile(new URL('../../prisma/seed/plain-writer.json', import.meta.url), 'utf8'))
  const file = join(tmpdir(), `patchbay-manifest-${process.pid}.json`)
  const screens = await Promise.all(
    Array.from({ length: people }, async (_, index) => {
      const person = await newPerson(installation)
      const { id } = await startSetup(person.at(at(index)), 'plain-writer')
      const screen = await watching<SetupScreen>(person.at(at(index)), SETUP, { id }, transportOf(index))
      const { data } = await screen.next()
      return { person, id, screen, revision: data.setupProgress?.revision ?? 0 }
    }),
  )
  let slowestMs = 0
  for (let version = 1; version <= versions; version++) {
    await writeFile(file, JSON.stringify({ ...manifest, version: `1.0.${version}` }))
    const { stdout, stderr } = await outcome('src/operator', ['publish', file], installation.patchbay.siblingEnv)
    expect(stdout, stderr).toBe('Published plain-writer.\n')
    const published = performance.now()
    const [one] = screens
    if (!one) throw new Error('nobody watches')
    const again = await watching<SetupScreen>(
      one.person.at(at(version)),
      SETUP,
      { id: one.id, since: one.revision + version - 1 },
      'WebSocket',
    )
    expect((await again.next()).data.setupProgress?.plugin.version).toBe(`1.0.${version}`)
    await again.close()
    await Promise.all(
      screens.map(async ({ screen }) => {
        await screen.until(({ setupProgress }) => setupProgress?.plugin.version === `1.0.${version}`)
        slowestMs = Math.max(slowestMs, performance.now() - published)
      }),
    )
  }
  await rm(file)
  await Promise.all(screens.map(({ screen }) => screen.close()))
  record('L13', 'plugin published without a notification', {
    versions,
    screens: people,
    stale: 0,
    slowestMs: Math.round(slowestMs),
  })
  expect(slowestMs).toBeLessThan(RIGHT_WITHIN_MS + 2_000)
})
