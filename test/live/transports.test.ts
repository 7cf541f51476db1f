import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { globalId } from '../../src/domain/global-id.js'
import { Browser } from '../support/browser.js'
import {
  AUTHORIZATION,
  type AuthorizationScreen,
  CONNECTORS,
  type ConnectorsScreen,
  change,
  HOST,
  newUser,
  SETUP,
  type SetupScreen,
  startSetup,
  stateReads,
  watching,
} from '../support/host-user.js'
import { connectorId, type Patchbay, startPatchbay } from '../support/patchbay.js'
import { control } from '../support/sandbox-client.js'
import { type Screen, TRANSPORTS } from '../support/subscriber.js'

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay(HOST)
})
afterAll(() => patchbay.close())

describe.each(TRANSPORTS)('over %s', (transport) => {
  const setupScreen = (browser: Browser, variables: { id: string; since?: number }) =>
    watching<SetupScreen>(browser, SETUP, variables, transport)
  const connectorsScreen = (browser: Browser, variables: { ids?: string[] } = {}) =>
    watching<ConnectorsScreen>(browser, CONNECTORS, variables, transport)
  const authorizationScreen = (browser: Browser, id: string) =>
    watching<AuthorizationScreen>(browser, AUTHORIZATION, { id }, transport)

  test('setupProgress sends the current state of the setup, then every change', async () => {
    const user = await newUser(patchbay)
    const { id, revision } = await startSetup(user)
    await using screen = await setupScreen(user, { id })
    const before = (await screen.next()).data.setupProgress
    expect(before).toMatchObject({ revision, status: 'IN_PROGRESS', progress: { done: 0 } })
    expect(before?.steps.map((step) => step.status)).toEqual(Array(3).fill('NOT_CONNECTED'))
    await change(user)
    const after = (await screen.next()).data.setupProgress
    expect(after).toMatchObject({ revision: revision + 1 })
    expect(after?.steps[2]).toMatchObject({ connector: { slug: 'acme-chat' }, status: 'AUTHORIZING' })
  })

  test('L8: resuming with the current revision sends nothing until something changes', async () => {
    const user = await newUser(patchbay)
    const { id, revision } = await startSetup(user)
    const read = stateReads(patchbay, 1)
    await using screen = await setupScreen(user, { id, since: revision })
    await read
    await change(user)
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 1 } })
    expect(screen.waiting()).toEqual([])
  })

  test.each([
    ['an older', -1],
    ['a newer', +1],
  ])('L8, L9: resuming with %s revision sends the current state first', async (_which, difference) => {
    const user = await newUser(patchbay)
    const { id, revision } = await startSetup(user)
    await using screen = await setupScreen(user, { id, since: revision + difference })
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision } })
    await change(user)
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 1 } })
  })

  test('removing a setup sends null once and completes the subscription', async () => {
    const user = await newUser(patchbay)
    const { id } = await startSetup(user)
    await using screen = await setupScreen(user, { id })
    await screen.next()
    await user.execute(`mutation ($id: ID!) { removeSetup(input: { setupId: $id }) { __typename } }`, { id })
    expect(await screen.next()).toEqual({ data: { setupProgress: null } })
    await screen.ended
    expect(screen.waiting()).toEqual([])
  })

  test('connectionStatus sends all of the requested connectors each time', async () => {
    const user = await newUser(patchbay)
    const slugsOf = ({ connectors }: ConnectorsScreen['connectionStatus']) => connectors.map(({ slug }) => slug).sort()
    const everything = ['acme-calendar', 'acme-chat', 'acme-desk', 'acme-mail', 'github']
    const two = ['acme-chat', 'acme-mail']
    await using all = await connectorsScreen(user)
    await using some = await connectorsScreen(user, { ids: two.map(connectorId) })
    const screens: [Screen<ConnectorsScreen>, string[]][] = [
      [all, everything],
      [some, two],
    ]
    for (const [screen, slugs] of screens) {
      const { connectionStatus } = (await screen.next()).data
      expect(slugsOf(connectionStatus)).toEqual(slugs)
      expect(connectionStatus.connectors.map(({ connection }) => connection)).toEqual(slugs.map(() => null))
    }

    await user.connect({ connector: 'acme-mail' })
    let connectionId: string | undefined
    for (const [screen, slugs] of screens) {
      const { connectionStatus } = await screen.until((data) => data.connectionStatus.connectors.some(isConnected))
      expect(slugsOf(connectionStatus)).toEqual(slugs)
      const connected = connectionStatus.connectors.filter(isConnected)
      const live = { status: 'LIVE', account: { label: 'ada@northwind.example' } }
      expect(connected).toMatchObject([{ slug: 'acme-mail', connection: live }])
      connectionId = connected[0]?.connection?.id
    }

    await user.execute(`mutation ($id: ID!) { disconnect(input: { connectionId: $id }) { __typename } }`, {
      id: connectionId,
    })
    for (const [screen, slugs] of screens) {
      const { connectionStatus } = await screen.until((data) => !data.connectionStatus.connectors.some(isConnected))
      expect(slugsOf(connectionStatus)).toEqual(slugs)
    }
  })

  test('authorizationStatus sends every status and then completes', async () => {
    const user = await newUser(patchbay)
    const { id, url } = await user.authorize({ connector: 'acme-mail' })
    await using screen = await authorizationScreen(user, id)
    const status = async () => (await screen.next()).data.authorizationStatus.status
    expect(await status()).toBe('PENDING')
    const callback = await user.consent(url, { account: 'ada-work', allow: true })
    expect(await status()).toBe('OPENED')
    await control(patchbay.sandbox, 'PATCH', '/acme-mail', { holdToken: true })
    const delivered = user.deliver(callback)
    await control(patchbay.sandbox, 'GET', '/acme-mail/held')
    expect(await status()).toBe('EXCHANGING')
    expect(screen.waiting()).toEqual([])
    await control(patchbay.sandbox, 'POST', '/acme-mail/release')
    expect((await screen.next()).data).toEqual({
      authorizationStatus: { status: 'SUCCEEDED', failure: null, connection: { status: 'LIVE' } },
    })
    await screen.ended
    await delivered
    expect(screen.waiting()).toEqual([])
  })

  test('authorizationStatus sends the final state of an ended authorization and completes', async () => {
    const user = await newUser(patchbay)
    const { id } = await user.connect({ connector: 'acme-mail' }, { account: 'ada-work', allow: false })
    await using screen = await authorizationScreen(user, id)
    expect((await screen.next()).data).toMatchObject({
      authorizationStatus: { status: 'DENIED', failure: { code: 'DENIED_BY_USER' } },
    })
    await screen.ended
  })

  test('an id that is unknown, malformed or belongs to another user is NOT_FOUND, with the same message', async () => {
    const owner = await newUser(patchbay)
    const stranger = await newUser(patchbay)
    const setup = await startSetup(owner)
    const authorization = await owner.authorize({ connector: 'acme-mail' })
    const subscriptions: [string, string, string[]][] = [
      [SETUP, 'id', [setup.id, globalId('PluginSetup', randomUUID()), authorization.id, 'A setup', '']],
      [AUTHORIZATION, 'id', [authorization.id, globalId('Authorization', randomUUID()), setup.id, '%00']],
      [CONNECTORS, 'ids', [connectorId('acme-fax'), setup.id, 'Acme mail']],
    ]
    for (const [query, name, ids] of subscriptions) {
      const messages = new Set<string | undefined>()
      for (const id of ids) {
        const variables = { [name]: name === 'ids' ? [id] : id }
        await using screen = await watching(stranger, query, variables, transport)
        const { errors } = await screen.next()
        expect(errors, id).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }])
        messages.add(errors?.[0]?.message)
        await screen.ended
      }
      expect(messages.size).toBe(1)
    }
  })

  test('a plugin version that an operator publishes reaches other users’ subscriptions', async () => {
    const ben = new Browser(patchbay, 'ben')
    const { id } = await startSetup(ben)
    await using screen = await setupScreen(ben, { id })
    const before = (await screen.next()).data.setupProgress
    const manifest = JSON.parse(await readFile('prisma/seed/meeting-assistant.json', 'utf8'))
    manifest.version = transport === 'SSE' ? '2.0.0' : '2.1.0'
    manifest.connectors[2].optional = true
    const { data } = await patchbay.execute<{ publishPlugin: { __typename: string } }>(
      'ada',
      'mutation ($manifest: JSON!) { publishPlugin(input: { manifest: $manifest }) { __typename } }',
      { manifest },
    )
    expect(data.publishPlugin.__typename).toBe('Plugin')
    const after = (await screen.next()).data.setupProgress
    expect(after).toMatchObject({ plugin: { version: manifest.version }, revision: (before?.revision ?? 0) + 1 })
    expect(after?.progress.required).toBe(2)
  })
})

const isConnected = ({ connection }: { connection: unknown }) => connection !== null
