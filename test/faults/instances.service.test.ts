import { afterAll, beforeAll, expect, test } from 'vitest'
import { globalId, parseGlobalId } from '../../src/domain/global-id.js'
import { setupIdOf } from '../../src/domain/identity/viewer.js'
import { countersOf } from '../support/connecting.js'
import { count, record } from '../support/counts.js'
import { startSetup } from '../support/host-user.js'
import { PATIENT } from '../support/patience.js'
import { type Installation, type Instance, newPerson, startInstallation, storedRevision } from './installation.js'
import { RESTARTS } from './live-screen.js'
import { Watched } from './watch-changes.js'

const RIGHT_WITHIN_MS = 5_000
const DRAIN_DEADLINE_MS = 25_000

let installation: Installation
/** Started once, because a start takes longer than most of what is done with them. L10 replaces them. */
let others: Instance[]
beforeAll(async () => {
  installation = await startInstallation()
  others = await Promise.all([installation.start(), installation.start()])
})
afterAll(() => installation[Symbol.asyncDispose]())

const REMOVE = 'mutation ($setupId: ID!) { removeSetup(input: { setupId: $setupId }) { __typename } }'

test('L2: a change reaches every subscriber even if its instance dies between commit and notification', {
  timeout: 3_600_000,
}, async () => {
  const { patchbay } = installation
  const kills = count(200, 2)
  await using watched = await Watched.open(installation, () => [patchbay.url, patchbay.url], 2)
  let starting = installation.start({ fault: 'die-before-notifying' })
  for (let kill = 0; kill < kills; kill++) {
    const instance = await starting
    if (kill + 1 < kills) starting = installation.start({ fault: 'die-before-notifying' })
    const person = watched.people[kill % watched.people.length] ?? watched.people[0]
    if (!person) throw new Error('nobody watches')
    const before = await storedRevision(installation, person)
    const setupId = globalId('PluginSetup', setupIdOf(person.userId, 'plain-writer'))
    const isStarted = Math.floor(kill / watched.people.length) % 2 === 1
    const change = isStarted
      ? person.at(instance).execute(REMOVE, { setupId })
      : startSetup(person.at(instance), 'plain-writer')
    await expect(change).rejects.toThrow() // no one is left to respond
    expect(await instance.ended).toBe('SIGKILL')
    const at = performance.now()
    const revision = await storedRevision(installation, person)
    expect(revision).toBe(before + 1)
    await watched.seen({ person, revision, at })
  }
  const found = await watched.findings()
  record('L2', 'instance killed between commit and notification', { kills, ...found })
  expect(found).toMatchObject({ changes: kills, stale: 0, backwards: 0 })
  expect(found.slowestMs).toBeLessThan(RIGHT_WITHIN_MS)
  expect(installation.accidents()).toEqual([])
})

test('O5: of 50 concurrent callbacks at three instances, exactly one exchanges the code', PATIENT, async () => {
  const { patchbay } = installation
  const rounds = count(50, 2)
  const places = [patchbay, ...others].map(({ url }) => new URL(url).origin)
  let exchanged = 0
  for (let round = 0; round < rounds; round++) {
    const browser = (await newPerson(installation)).at(patchbay)
    const attempt = await browser.authorize({ connector: 'acme-mail' })
    const callback = await browser.consent(attempt.url, { account: 'ada-work', allow: true })
    const before = (await countersOf(patchbay)).tokenRequests
    const pages = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        browser.deliver({
          ...callback,
          callbackUrl: callback.callbackUrl.replace(patchbay.url, places[index % places.length] ?? ''),
        }),
      ),
    )
    expect(pages.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(pages.filter(({ status }) => status === 409)).toHaveLength(49)
    exchanged += (await countersOf(patchbay)).tokenRequests - before
    const row = await patchbay.database.db.authorization.findUnique({
      where: { id: parseGlobalId(attempt.id)?.id ?? '' },
    })
    expect(row?.status).toBe('SUCCEEDED')
  }
  record('O5', '50 concurrent callbacks at three instances', {
    rounds,
    callbacks: rounds * 50,
    'token calls': exchanged,
  })
  expect(exchanged).toBe(rounds)
  expect(installation.accidents()).toEqual([])
})

test(
  'tokens of a disconnected account are revoked at the app once, however many instances look for them',
  PATIENT,
  async () => {
    const { patchbay } = installation
    const accounts = count(30, 3)
    const before = (await countersOf(patchbay, 'acme-chat')).revocations
    for (let account = 0; account < accounts; account++) {
      const browser = (await newPerson(installation)).at(patchbay)
      await browser.connect({ connector: 'acme-chat' })
      const { data } = await browser.execute<{ viewer: { connections: { id: string }[] } }>(
        '{ viewer { connections { id } } }',
      )
      await browser.execute('mutation ($id: ID!) { disconnect(input: { connectionId: $id }) { __typename } }', {
        id: data.viewer.connections[0]?.id,
      })
      // While a user has the account connected, no one else's tokens of it are revoked.
      await expect.poll(() => patchbay.database.db.revocation.count()).toBe(0)
    }
    const revocations = (await countersOf(patchbay, 'acme-chat')).revocations - before
    record('revocations', 'accounts disconnected, three instances', { accounts, revocations })
    expect(revocations).toBe(accounts)
    expect(installation.accidents()).toEqual([])
  },
)

test('L10: a rolling restart under load loses nothing, and sockets are told to reconnect', {
  timeout: 600_000,
}, async () => {
  const rounds = count(5, 1)
  const running = [...others, await installation.start()]
  const where = () => running.map(({ url }) => url)
  await using watched = await Watched.open(installation, where, 4)
  const over = new AbortController()
  const changing = watched.changeUntil(over.signal, where)
  let restarts = 0
  let slowestExitMs = 0
  for (let round = 0; round < rounds; round++) {
    for (const leaving of [...running]) {
      const successor = await installation.start()
      running.splice(running.indexOf(leaving), 1, successor)
      const since = performance.now()
      expect(await leaving.stop()).toBe(0)
      slowestExitMs = Math.max(slowestExitMs, performance.now() - since)
      restarts++
    }
  }
  over.abort()
  await changing
  const found = await watched.findings()
  const codes = watched.screens.flatMap(({ closeCodes }) => closeCodes)
  expect(watched.refusals.slice(0, 3)).toEqual([])
  record('L10', 'rolling restart of three instances under load', {
    restarts,
    ...found,
    'sockets told to reconnect': codes.length,
  })
  expect(found).toMatchObject({ stale: 0, backwards: 0 })
  expect(found.changes).toBeGreaterThan(restarts)
  expect(codes.length).toBeGreaterThan(0)
  expect(slowestExitMs).toBeLessThan(DRAIN_DEADLINE_MS)
  expect(codes.filter((code) => !RESTARTS.includes(code))).toEqual([])
  await Promise.all(running.map((instance) => instance.stop()))
  expect(installation.accidents()).toEqual([])
})
