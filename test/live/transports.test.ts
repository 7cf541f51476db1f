import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { globalId } from '../../src/domain/global-id.js'
import { control } from '../sandbox/client.js'
import type { Browser } from '../support/browser.js'
import { connectorId, type Patchbay, pluginId, startPatchbay } from '../support/patchbay.js'
import { type Screen, TRANSPORTS } from '../support/subscriber.js'
import {
  AUTHORIZATION,
  type AuthorizationScreen,
  CONNECTORS,
  type ConnectorsScreen,
  change,
  HOST,
  hostToken,
  newUser,
  SETUP,
  type SetupScreen,
  startSetup,
  stateReads,
  watching,
} from './host-user.js'

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay(HOST)
})
afterAll(() => patchbay.close())

const CHOICE = { account: 'ada-work', allow: true }

describe.each(TRANSPORTS)('over %s', (transport) => {
  const setupScreen = (browser: Browser, variables: { id: string; since?: number }) =>
    watching<SetupScreen>(browser, SETUP, variables, transport)
  const connectorsScreen = (browser: Browser, variables: { ids?: string[] } = {}) =>
    watching<ConnectorsScreen>(browser, CONNECTORS, variables, transport)

  test('setupProgress: the setup as it stands, then every change', async () => {
    const user = await newUser(patchbay)
    const { id, revision } = await startSetup(user)
    await using screen = await setupScreen(user, { id })
    const { data } = await screen.next()
    expect(data.setupProgress).toMatchObject({ revision, status: 'IN_PROGRESS', progress: { required: 3, done: 0 } })
    expect(data.setupProgress?.steps.map((step) => step.status)).toEqual(Array(3).fill('NOT_CONNECTED'))
    await change(user)
    const { setupProgress } = (await screen.next()).data
    expect(setupProgress).toMatchObject({ revision: revision + 1 })
    expect(setupProgress?.steps[2]).toMatchObject({ connector: { slug: 'acme-chat' }, status: 'AUTHORIZING' })
  })

  test('L8: resumed with the present revision it stays silent until something changes', async () => {
    const user = await newUser(patchbay)
    const { id, revision } = await startSetup(user)
    const read = stateReads(patchbay, 2) // one whether the setup is the user's, one for the snapshot
    await using screen = await setupScreen(user, { id, since: revision })
    await read
    await change(user)
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 1 } })
    expect(screen.waiting()).toEqual([])
  })

  test.each([
    ['L8', 'an older', -1],
    ['L9', 'a newer', +1],
  ])('%s: resumed with %s revision than the present one it starts with the state', async (_id, _which, difference) => {
    const user = await newUser(patchbay)
    const { id, revision } = await startSetup(user)
    await using screen = await setupScreen(user, { id, since: revision + difference })
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision } })
    await change(user)
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 1 } })
  })

  test('a removed setup is null once, and the subscription completes', async () => {
    const user = await newUser(patchbay)
    const { id } = await startSetup(user)
    await using screen = await setupScreen(user, { id })
    await screen.next()
    await user.execute(`mutation ($id: ID!) { removeSetup(input: { setupId: $id }) { __typename } }`, { id })
    expect(await screen.next()).toEqual({ data: { setupProgress: null } })
    await screen.ended
    expect(screen.waiting()).toEqual([])
  })

  test('connectionStatus: whole each time, of the connectors asked for, in the order asked', async () => {
    const user = await newUser(patchbay)
    const ids = ['acme-chat', 'acme-mail'].map(connectorId)
    await using all = await connectorsScreen(user)
    await using two = await connectorsScreen(user, { ids })
    const nothing = (await all.next()).data.connectionStatus
    expect(nothing.connectors.map(({ slug }) => slug).sort()).toEqual([
      'acme-calendar',
      'acme-chat',
      'acme-mail',
      'github',
    ])
    expect(nothing.connectors.every(({ connection }) => connection === null)).toBe(true)
    expect((await two.next()).data.connectionStatus.connectors.map(({ slug }) => slug)).toEqual([
      'acme-chat',
      'acme-mail',
    ])

    await user.connect({ connector: 'acme-mail' })
    const live = { id: expect.any(String), status: 'LIVE', account: { label: 'ada@northwind.example' } }
    const connected = await two.until(({ connectionStatus: [] = [] }) => false || true).catch(() => undefined)
    expect(connected).toBeDefined()
    const { connectors } = await connectedIn(two)
    expect(connectors).toEqual([
      { slug: 'acme-chat', connection: null },
      { slug: 'acme-mail', connection: live },
    ])
    expect((await connectedIn(all)).connectors).toHaveLength(4)

    const connection = connectors[1]?.connection
    await user.execute(`mutation ($id: ID!) { disconnect(input: { connectionId: $id }) { __typename } }`, {
      id: connection?.id,
    })
    for (const screen of [all, two]) {
      const gone = await screen.until(({ connectionStatus }) => connectionStatus.connectors.every((c) => !c.connection))
      expect(gone.connectionStatus.connectors).toHaveLength(screen === all ? 4 : 2)
    }
  })

  async function connectedIn(screen: Screen<ConnectorsScreen>): Promise<ConnectorsScreen['connectionStatus']> {
    const data = await screen.until(({ connectionStatus }) =>
      connectionStatus.connectors.some(({ connection }) => connection !== null),
    )
    return data.connectionStatus
  }
})
