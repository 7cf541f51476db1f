import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseGlobalId } from '../../src/domain/global-id.js'
import { publishPlugin } from '../../src/domain/publishing/publish-plugin.js'
import { retirePlugin } from '../../src/domain/publishing/retire-plugin.js'
import {
  AUTHORIZATION,
  type AuthorizationScreen,
  CONNECTORS,
  type ConnectorsScreen,
  change,
  HOST,
  isStateRead,
  newUser,
  SETUP,
  type SetupScreen,
  startSetup,
  watching,
} from '../support/host-user.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { control } from '../support/sandbox-client.js'
import { TRANSPORTS, type TransportName } from '../support/subscriber.js'

/** The sweep runs every two seconds. A busy machine takes longer, but without the sweep it takes forever. */
const SWEEP_LIMIT_MS = 20_000
const CHOICE = { account: 'ada-work', allow: true }

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay(HOST)
})
afterAll(() => patchbay.close())

/** Another instance whose notifications are lost: it commits, and no one is notified. */
const elsewhere = () => ({ db: patchbay.database.db, notifier: { notify: () => {}, notifyCatalogue: () => {} } })

const uuidOf = (id: string) => parseGlobalId(id)?.id ?? ''

test('L13: every affected subscriber is up to date even if an operator’s notification is lost', async () => {
  const manifest = JSON.parse(await readFile('prisma/seed/meeting-assistant.json', 'utf8'))
  const open = async (transport: TransportName) => {
    const user = await newUser(patchbay)
    const { id, revision } = await startSetup(user)
    const screen = await watching<SetupScreen>(user, SETUP, { id }, transport)
    expect((await screen.next()).data.setupProgress).toMatchObject({ plugin: { version: manifest.version }, revision })
    return { screen, revision }
  }
  const screens = await Promise.all([...TRANSPORTS, ...TRANSPORTS].map(open))

  await publishPlugin(elsewhere(), { ...manifest, version: '2.0.0' })
  const committed = performance.now()
  for (const { screen, revision } of screens) {
    const { data } = await screen.next()
    expect(data.setupProgress).toMatchObject({ plugin: { version: '2.0.0' }, revision: revision + 1 })
    await screen.close()
  }
  expect(performance.now() - committed).toBeLessThan(SWEEP_LIMIT_MS)
})

/** Through the API, so that subscribers are notified. */
const published = (manifest: object) =>
  patchbay.request(
    'ada',
    'mutation ($manifest: JSON!) { publishPlugin(input: { manifest: $manifest }) { __typename } }',
    { manifest },
  )

test.each([
  ['notified', published],
  ['found by the sweep', (manifest: object) => publishPlugin(elsewhere(), manifest)],
])(
  'L13, L16: of a published plugin, those who show it are %s, and no one else is sent anything',
  async (_how, publish) => {
    const manifest = JSON.parse(await readFile('prisma/seed/plain-writer.json', 'utf8'))
    const open = async (plugin: string, query = SETUP) => {
      const user = await newUser(patchbay)
      const { id, revision } = await startSetup(user, plugin)
      const screen = await watching<SetupScreen>(user, query, { id }, 'WebSocket')
      await screen.next()
      return { user, screen, revision }
    }
    const concerned = await open('plain-writer')
    const other = await open('meeting-assistant')
    await publish({ ...manifest, version: `2.${concerned.revision}.0` })
    const { data } = await concerned.screen.next()
    expect(data.setupProgress).toMatchObject({
      plugin: { version: `2.${concerned.revision}.0` },
      revision: concerned.revision + 1,
    })
    // The next that the other gets is a change of its own.
    await change(other.user)
    expect((await other.screen.next()).data.setupProgress?.revision).toBe(other.revision + 2)
    await concerned.screen.close()
    await other.screen.close()
  },
)

test('L16: a subscriber that shows other setups is woken by a change of their plugins', async () => {
  const manifest = JSON.parse(await readFile('prisma/seed/inbox-helper.json', 'utf8'))
  const user = await newUser(patchbay)
  const { id } = await startSetup(user)
  await startSetup(user, 'inbox-helper')
  await user.connect({ connector: 'acme-mail', setupId: id })
  const query = `subscription ($id: ID!) { setupProgress(setupId: $id) {
    steps { connection { ...Used } } } } fragment Used on ConnectedAccount { setups { plugin { version } } }`
  type Shown = { setupProgress: { steps: { connection: { setups: { plugin: { version: string } }[] } | null }[] } }
  await using screen = await watching<Shown>(user, query, { id }, 'WebSocket')
  await screen.next()
  await publishPlugin(elsewhere(), { ...manifest, version: '9.9.9' })
  const { data } = await screen.next()
  expect(JSON.stringify(data)).toContain('9.9.9')
})

test('L13: a subscriber with the revision of an older catalogue gets the current state', async () => {
  const user = await newUser(patchbay)
  const { id, revision } = await startSetup(user)
  await retirePlugin(elsewhere(), 'plain-writer')
  await using screen = await watching<SetupScreen>(user, SETUP, { id, since: revision }, 'WebSocket')
  expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 1 } })
})

describe.each(TRANSPORTS)('L14: over %s', (transport) => {
  test('an authorization past its deadline is pushed as EXPIRED, in its setup and on its own', async () => {
    const user = await newUser(patchbay)
    const { id: setupId } = await startSetup(user)
    const { id } = await user.authorize({ connector: 'acme-mail', setupId })
    await using wizard = await watching<SetupScreen>(user, SETUP, { id: setupId }, transport)
    await using attempt = await watching<AuthorizationScreen>(user, AUTHORIZATION, { id }, transport)
    expect((await wizard.next()).data.setupProgress?.steps[0]).toMatchObject({ status: 'AUTHORIZING' })
    expect((await attempt.next()).data.authorizationStatus).toMatchObject({ status: 'PENDING' })

    await patchbay.database.db.$executeRaw`
      UPDATE "Authorization" SET "expiresAt" = now() - interval '1 second' WHERE id = ${uuidOf(id)}::uuid`
    await patchbay.instance.runJobs()
    expect((await wizard.next()).data.setupProgress?.steps[0]).toMatchObject({
      status: 'NOT_CONNECTED',
      authorization: { status: 'EXPIRED' },
    })
    expect((await attempt.next()).data.authorizationStatus).toMatchObject({
      status: 'EXPIRED',
      failure: { code: 'DEADLINE_PASSED' },
    })
    await attempt.ended
  })

  test('an abandoned exchange is pushed as FAILED and can be retried', async () => {
    const user = await newUser(patchbay)
    const { id, url } = await user.authorize({ connector: 'acme-mail' })
    await using attempt = await watching<AuthorizationScreen>(user, AUTHORIZATION, { id }, transport)
    await control(patchbay.sandbox, 'PATCH', '/acme-mail', { holdToken: true })
    const delivered = user.deliver(await user.consent(url, CHOICE))
    await attempt.until(({ authorizationStatus }) => authorizationStatus.status === 'EXCHANGING')

    await patchbay.database.db.$executeRaw`
      UPDATE "Authorization" SET "exchangeStartedAt" = now() - interval '31 seconds' WHERE id = ${uuidOf(id)}::uuid`
    await patchbay.instance.runJobs()
    const interrupted = { status: 'FAILED', failure: { code: 'INTERRUPTED', retryable: true }, connection: null }
    expect((await attempt.next()).data.authorizationStatus).toEqual(interrupted)
    await attempt.ended
    await control(patchbay.sandbox, 'POST', '/acme-mail/release')
    await delivered // too late: its tokens are revoked at the app
    const owner = { authorizations: { some: { id: uuidOf(id) } } }
    expect(await patchbay.database.db.connection.count({ where: { user: owner } })).toBe(0)
  })

  test('a connection whose token has expired, without a refresh token, is pushed as EXPIRED', async () => {
    const user = await newUser(patchbay)
    const { id: setupId } = await startSetup(user)
    await user.connect({ connector: 'acme-mail', setupId })
    await using wizard = await watching<SetupScreen>(user, SETUP, { id: setupId }, transport)
    await using settings = await watching<ConnectorsScreen>(user, CONNECTORS, {}, transport)
    expect((await wizard.next()).data.setupProgress).toMatchObject({ status: 'IN_PROGRESS', progress: { done: 1 } })
    const connection = (await settings.next()).data.connectionStatus.connectors.find(({ connection }) => connection)
    expect(connection?.connection).toMatchObject({ status: 'LIVE' })

    await patchbay.database.db.$executeRaw`
      UPDATE "Connection" SET refreshable = false, "accessTokenExpiresAt" = now() - interval '1 second'
      WHERE id = ${uuidOf(connection?.connection?.id ?? '')}::uuid`
    await patchbay.instance.runJobs()
    const { setupProgress } = (await wizard.next()).data
    expect(setupProgress).toMatchObject({ status: 'NEEDS_ATTENTION', progress: { done: 0 } })
    expect(setupProgress?.steps[0]).toMatchObject({ status: 'EXPIRED' })
    const { connectors } = (await settings.next()).data.connectionStatus
    expect(connectors.find(({ slug }) => slug === 'acme-mail')).toMatchObject({ connection: { status: 'EXPIRED' } })
  })

  test('reads that fail during a push delay it, and end no subscription', async () => {
    const user = await newUser(patchbay)
    const { id, revision } = await startSetup(user)
    await using screen = await watching<SetupScreen>(user, SETUP, { id }, transport)
    await screen.next()
    let failures = 0
    const broken = patchbay.database.tap((sql) => {
      if (!isStateRead(sql) || failures >= 3) return
      failures++
      throw new Error('the database is away')
    })
    await patchbay.database.db.$executeRaw`UPDATE "User" SET revision = revision + 1 WHERE id = (
      SELECT "userId" FROM "Setup" WHERE id = ${uuidOf(id)}::uuid)`
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 1 } })
    expect(failures).toBe(3)
    broken[Symbol.dispose]()
    await change(user)
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 2 } })
  })
})
