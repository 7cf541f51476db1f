import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../../support/browser.js'
import {
  attemptOf,
  configureConnector,
  connectionsOf,
  countersOf,
  mutate,
  openConsent,
  rowId,
  script,
  sealedTokens,
  startAfresh,
  withoutDueWork,
  withParameters,
} from '../../support/connecting.js'
import { answers, startHostileServer } from '../../support/hostile-server.js'
import { type Patchbay, pluginId, startPatchbay } from '../../support/patchbay.js'
import { control } from '../../support/sandbox-client.js'
import { screenOf, startSetup } from '../../support/setups.js'

let patchbay: Patchbay
let browser: Browser

beforeAll(async () => {
  patchbay = await startPatchbay()
})
beforeEach(async () => {
  await startAfresh(patchbay)
  await control(patchbay.sandbox, 'POST', '/acme-mail/revoke', {}) // those of earlier tests
  browser = new Browser(patchbay, 'ada')
})
afterAll(() => patchbay.close())

const work = { account: 'ada-work', allow: true }
const other = { account: 'ada-private', allow: true }
const mail = { connector: 'acme-mail' }

interface Grant {
  account: string
}

async function grantsOf(account: string, app = 'acme-mail'): Promise<number> {
  const response = await control(patchbay.sandbox, 'GET', `/${app}`)
  const { grants } = (await response.json()) as { grants: Grant[] }
  return grants.filter((grant) => grant.account === account).length
}

async function revocationsLeft() {
  await patchbay.instance.runJobs()
  return patchbay.database.db.revocation.count()
}

/** A setup of a plugin with one connector, and the current state of its step. */
async function inboxHelper() {
  const selection = '... on PluginSetup { id }'
  const { id } = await mutate<{ id: string }>(
    patchbay,
    'ada',
    'startSetup',
    { pluginId: pluginId('inbox-helper') },
    selection,
  )
  const step = async () => {
    const query = `query ($id: ID!) { node(id: $id) { ... on PluginSetup { status steps {
      connector { slug } status remedy missingScopes requirement { scopes } connection { id account { id } }
    } } } }`
    const { data } = await patchbay.execute<{ node: { steps: Step[] } }>('ada', query, { id })
    const found = data.node.steps.find(({ connector }) => connector.slug === 'acme-mail')
    if (!found) throw new Error('the setup has no step for acme-mail')
    return found
  }
  return { setupId: id, step }
}

interface Step {
  connector: { slug: string }
  status: string
  remedy: string | null
  missingScopes: string[]
  requirement: { scopes: string[] }
  connection: { id: string; account: { id: string } } | null
}

interface Happened {
  kind: string
  detail: string | null
}

test('O21: an unticked scope shows as MISSING_SCOPES with the exact list, and granting it repairs the same connection', async () => {
  const { setupId, step } = await inboxHelper()
  const { requirement } = await step()
  const [unticked = ''] = requirement.scopes.slice(-1)
  await browser.connect({ ...mail, setupId }, { ...work, untick: [unticked] })
  const missing = await step()
  expect(missing).toMatchObject({ status: 'MISSING_SCOPES', remedy: 'GRANT_SCOPES', missingScopes: [unticked] })

  const connectionId = missing.connection?.id ?? ''
  const attempt = await browser.connect({ ...mail, setupId, connectionId }, work)
  expect(attempt.scopes).toEqual(expect.arrayContaining(requirement.scopes))
  expect(await step()).toMatchObject({
    status: 'LIVE',
    remedy: null,
    missingScopes: [],
    connection: { id: connectionId },
  })
  expect(await connectionsOf(patchbay, 'ada')).toHaveLength(1)
})

test('the activity tells added permissions from a reconnection', async () => {
  const { setupId, step } = await inboxHelper()
  const { requirement } = await step()
  await browser.connect({ ...mail, setupId }, { ...work, untick: requirement.scopes.slice(-1) })
  const connectionId = (await step()).connection?.id ?? ''
  for (const _ of ['adds the permission', 'changes nothing']) {
    await browser.connect({ ...mail, setupId, connectionId }, work)
  }
  const query = '{ viewer { activity(first: 10) { edges { node { kind detail } } } } }'
  const { data } = await patchbay.execute<{ viewer: { activity: { edges: { node: Happened }[] } } }>('ada', query)
  const happened = data.viewer.activity.edges.map(({ node }) => node).filter(({ kind }) => kind !== 'SETUP_STARTED')
  expect(happened).toEqual([
    { kind: 'REAUTHORIZED', detail: null },
    { kind: 'AUTHORIZATION_STARTED', detail: 'REPAIR' },
    { kind: 'REAUTHORIZED', detail: 'PERMISSIONS_ADDED' },
    { kind: 'AUTHORIZATION_STARTED', detail: 'REPAIR' },
    { kind: 'CONNECTED', detail: null },
    { kind: 'AUTHORIZATION_STARTED', detail: null },
  ])
})

test('O21: with every box unticked, all required scopes are missing, in order', async () => {
  const { setupId, step } = await inboxHelper()
  const { requirement } = await step()
  await browser.connect({ ...mail, setupId }, { ...work, untick: requirement.scopes })
  expect(await step()).toMatchObject({ status: 'MISSING_SCOPES', missingScopes: requirement.scopes })
})

test('O21: a token response without a scope means that every requested scope was granted', async () => {
  await script(patchbay, { omitScope: true })
  const { setupId, step } = await inboxHelper()
  const { scopes } = await browser.connect({ ...mail, setupId }, work)
  expect(await step()).toMatchObject({ status: 'LIVE', missingScopes: [] })
  const [connection] = await connectionsOf(patchbay, 'ada')
  expect(connection?.grantedScopes).toEqual(scopes)
})

test('O21: comma-separated scopes are requested and read in the provider’s own format', async () => {
  await using app = await startHostileServer()
  app.on('/token', answers({ access_token: 'x', token_type: 'bearer', scope: 'channels:read,chat:write' }))
  const endpoints = { authorizationUrl: `${app.url}/authorize`, tokenUrl: `${app.url}/token` }
  const defaultScopes = ['chat:write', 'channels:read', 'users:read']
  await configureConnector(patchbay, 'commas', { ...endpoints, scopeSeparator: ',' }, { defaultScopes })
  const attempt = await browser.authorize({ connector: 'commas' })
  const { state, redirectUri, parameters } = await openConsent(browser, attempt)
  expect(parameters.get('scope')).toBe('chat:write,channels:read,users:read')
  await browser.person.open(withParameters(redirectUri, { state, code: 'a-code' }))
  const [connection] = await connectionsOf(patchbay, 'ada')
  expect(connection?.grantedScopes.toSorted()).toEqual(['channels:read', 'chat:write'])
})

test('O22: reauthorizing with another account fails, keeps the old tokens and revokes the new ones', async () => {
  await browser.connect(mail, work)
  const [before] = await connectionsOf(patchbay, 'ada')
  const connectionId = before?.id ?? ''
  const tokens = await sealedTokens(patchbay, connectionId)
  const attempt = await browser.connect({ ...mail, connectionId }, other)
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({
    status: 'FAILED',
    failure: { code: 'ACCOUNT_MISMATCH', retryable: true },
    connection: null,
  })
  expect(await connectionsOf(patchbay, 'ada')).toEqual([before])
  expect(await sealedTokens(patchbay, connectionId)).toBe(tokens)

  expect(await revocationsLeft()).toBe(0)
  expect((await countersOf(patchbay)).revocations).toBeGreaterThan(0)
  expect([await grantsOf('ada-work'), await grantsOf('ada-private')]).toEqual([1, 0])
})

test('O22: refused tokens are erased without revocation if another connection uses the same account', async () => {
  await browser.connect(mail, work)
  await browser.connect(mail, other)
  const [first] = await connectionsOf(patchbay, 'ada')
  await browser.connect({ ...mail, connectionId: first?.id ?? '' }, other)
  expect(await revocationsLeft()).toBe(0)
  expect((await countersOf(patchbay)).revocations).toBe(0)
  expect(await grantsOf('ada-private')).toBeGreaterThan(0)
})

test('an open authorization says which connection it repairs', async () => {
  await browser.connect(mail, work)
  const [connection] = await connectionsOf(patchbay, 'ada')
  const another = await browser.authorize(mail)
  const repair = await browser.authorize({ ...mail, connectionId: connection?.id ?? '' })
  const { data } = await patchbay.execute('ada', '{ viewer { openAuthorizations { id connectionToRepair { id } } } }')
  expect(data).toEqual({
    viewer: {
      openAuthorizations: [
        { id: repair.id, connectionToRepair: { id: connection?.id } },
        { id: another.id, connectionToRepair: null },
      ],
    },
  })
})

test('two accounts of one connector make two connections, and reconnecting one repairs only that one', async () => {
  await browser.connect(mail, work)
  await browser.connect(mail, other)
  const before = await connectionsOf(patchbay, 'ada')
  expect(before.map(({ account, isDefault }) => [account?.id, isDefault])).toEqual([
    ['ada-work', true],
    ['ada-private', false],
  ])
  const tokens = await Promise.all(before.map(({ id }) => sealedTokens(patchbay, id)))
  await browser.connect(mail, other)
  const after = await connectionsOf(patchbay, 'ada')
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  const renewed = await Promise.all(after.map(({ id }) => sealedTokens(patchbay, id)))
  expect([renewed[0] === tokens[0], renewed[1] === tokens[1]]).toEqual([true, false])
})

test('reauthorizing keeps the connection’s id, and cannot name a connection of another user or connector', async () => {
  await browser.connect(mail, work)
  const [connection] = await connectionsOf(patchbay, 'ada')
  const connectionId = connection?.id ?? ''
  const attempt = await browser.connect({ ...mail, connectionId }, work)
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ connection: { id: connectionId } })
  const stranger = await new Browser(patchbay, 'ben').authorize({ ...mail, connectionId })
  expect(stranger.__typename).toBe('NotFoundError')
  expect((await browser.authorize({ connector: 'acme-chat', connectionId })).__typename).toBe('NotFoundError')
})

test('two users who connect the same account get a connection each', async () => {
  await browser.connect(mail, work)
  await new Browser(patchbay, 'ben').connect(mail, work)
  const [[mine], [theirs]] = [await connectionsOf(patchbay, 'ada'), await connectionsOf(patchbay, 'ben')]
  expect([mine?.account?.id, theirs?.account?.id]).toEqual(['ada-work', 'ada-work'])
  expect(mine?.id).not.toBe(theirs?.id)
})

test('disconnecting moves the tokens to a revocation; a scheduled job revokes them at the app and erases them', async () => {
  await browser.connect(mail, work)
  const [connection] = await connectionsOf(patchbay, 'ada')
  const connectionId = connection?.id ?? ''
  const tokens = await sealedTokens(patchbay, connectionId)
  {
    using _paused = withoutDueWork(patchbay)
    expect((await mutate(patchbay, 'ada', 'disconnect', { connectionId })).__typename).toBe('Viewer')
    expect(await connectionsOf(patchbay, 'ada')).toEqual([])
    expect(await sealedTokens(patchbay, connectionId)).toBeUndefined()
    const revocations = await patchbay.database.db.revocation.findMany()
    expect(revocations.map(({ sealed }) => Buffer.from(sealed).toString('hex'))).toEqual([tokens])
    expect((await countersOf(patchbay)).revocations).toBe(0)
  }
  expect(await revocationsLeft()).toBe(0)
  expect((await countersOf(patchbay)).revocations).toBeGreaterThan(0)
  expect(await grantsOf('ada-work')).toBe(0)
})

test('only the owner can disconnect a connection', async () => {
  await browser.connect(mail, work)
  const [connection] = await connectionsOf(patchbay, 'ada')
  const input = { connectionId: connection?.id ?? '' }
  expect((await mutate(patchbay, 'ben', 'disconnect', input)).__typename).toBe('NotFoundError')
  expect(await patchbay.database.db.connection.count({ where: { id: rowId(input.connectionId) } })).toBe(1)
})

test('new tokens are revoked if the app does not say which account they belong to', async () => {
  await script(patchbay, { userinfoStatus: 500 })
  const attempt = await browser.connect(mail, work)
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({
    status: 'FAILED',
    failure: { code: 'APP_UNAVAILABLE' },
  })
  expect(await revocationsLeft()).toBe(0)
  expect((await countersOf(patchbay)).revocations).toBeGreaterThan(0)
  expect(await grantsOf('ada-work')).toBe(0)
})

test('two apps that a user connects at the same moment are both connected, and the setup shows it', async () => {
  const { id: setupId } = await startSetup(patchbay, 'ada', 'meeting-assistant')
  const mailCallback = await browser.consent((await browser.authorize({ ...mail, setupId })).url, work)
  const chatCallback = await browser.consent((await browser.authorize({ connector: 'acme-chat', setupId })).url, work)
  // Both have read the user before either one stores, so the second one has to read again.
  let arrived = 0
  let letGo = () => {}
  const both = new Promise<void>((resolve) => {
    letGo = resolve
  })
  using _meeting = patchbay.database.tap((sql) => {
    if (!sql.startsWith('WITH raised')) return undefined
    arrived++
    if (arrived === 2) letGo()
    return both
  })
  const pages = await Promise.all([browser.deliver(mailCallback), browser.deliver(chatCallback)])
  expect(pages.map(({ status }) => status)).toEqual([303, 303])
  expect(arrived).toBeGreaterThanOrEqual(3)
  const { steps } = await screenOf(patchbay, 'ada', setupId)
  expect(steps.filter(({ status }) => status === 'LIVE').map(({ connector }) => connector.slug)).toHaveLength(2)
})
