import { randomUUID } from 'node:crypto'
import {
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { globalId } from '../../src/domain/global-id.js'
import { API_KEY_SCOPES } from '../../src/domain/identity/api-key-caller.js'
import { schema } from '../../src/graphql/schema.js'
import { browserWith, call, type HostUser, idOf, keyFor, sessionFor, setupOf, tokenOf } from '../support/callers.js'
import { script } from '../support/connecting.js'
import { HOST } from '../support/host-user.js'
import { connectorId, type Patchbay, startPatchbay } from '../support/patchbay.js'
import { RawSocket } from '../support/raw.js'

const RETURN_TO = 'https://app.example/back'
const allow = { account: 'ada-work', allow: true }

let patchbay: Patchbay
let everyScope: string

beforeAll(async () => {
  patchbay = await startPatchbay({ ...HOST, PATCHBAY_RETURN_ORIGINS: 'https://app.example' })
  everyScope = (await keyFor(patchbay, ...API_KEY_SCOPES)).key
})
afterAll(() => patchbay.close())

/**
 * All arguments of the schema that name an object by its id, by their type or their name. Cursors are such arguments.
 */
function idPositions(): string[] {
  const positions: string[] = []
  const visit = (path: string, name: string, type: GraphQLInputType, within: readonly string[]) => {
    const named = getNamedType(type)
    if (named.name === 'ID' || /^ids?$|Ids?$|^(after|before)$/.test(name)) positions.push(`${path}${name})`)
    if (!isInputObjectType(named) || within.includes(named.name)) return
    for (const field of Object.values(named.getFields())) {
      visit(`${path}${name}.`, field.name, field.type, [...within, named.name])
    }
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || (!isObjectType(type) && !isInterfaceType(type))) continue
    for (const field of Object.values(type.getFields())) {
      for (const argument of field.args) visit(`${type.name}.${field.name}(`, argument.name, argument.type, [])
    }
  }
  return positions
}

interface Operation {
  query: string
  variables: Record<string, unknown>
}

/** A caller, and what belongs to them. */
interface CallerHere {
  token: string
  isOwner: boolean
  /** Their own setup of Meeting Assistant, or the one that their session is for. */
  setupId: string | undefined
  /** Opened once one of the operations is a subscription. */
  socket?: RawSocket
}

type OwnedType = 'ConnectedAccount' | 'PluginSetup' | 'SkillCopy' | 'Authorization' | 'Activity'

interface Owned {
  /** The owner's objects by type, as the owner would name them. */
  ids: Partial<Record<OwnedType, () => string>>
  operation: (id: string, caller: CallerHere) => Operation
}

/** The same for everyone: every caller of the field may name it. */
const CATALOGUE = 'catalogue'
/** An id that doesn't come from Patchbay. */
const FOREIGN = 'foreign'

/**
 * Belongs to whichever user the input names. That another user's isn't found is tested in
 * test/domain/token/issue-access-token.test.ts.
 */
const OF_THE_NAMED_USER = 'of the named user'
/** Belongs to the installation: every caller with the scope may name it, and it says nothing about users. */
const INSTALLATION = 'installation'

/** The owner's objects, created before any of them is named. */
let own: {
  setup: string
  spareSetup: string
  connection: string
  spareConnection: string
  skillCopy: string
  attempt: string
  spareAttempt: string
  confirmation: { id: string; code: string }
  awaitingChoice: string
  activityCursor: string
}

const mutation = (name: string, input: object): Operation => ({
  query: `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { __typename ... on Error { message } } }`,
  variables: { input },
})
const subscription = (field: string, variables: Record<string, unknown>): Operation => ({
  query: `subscription ($id: ID!) { ${field} { __typename } }`,
  variables,
})

/**
 * How the owner fills in each position. A field that is missing here fails the test, and its author says what it names.
 */
const TABLE: Record<
  string,
  Owned | typeof CATALOGUE | typeof FOREIGN | typeof OF_THE_NAMED_USER | typeof INSTALLATION
> = {
  'Query.node(id)': {
    ids: {
      ConnectedAccount: () => own.connection,
      PluginSetup: () => own.setup,
      SkillCopy: () => own.skillCopy,
      Authorization: () => own.attempt,
    },
    operation: (id) => ({ query: 'query ($id: ID!) { node(id: $id) { __typename id } }', variables: { id } }),
  },
  'Query.nodes(ids)': {
    ids: {
      ConnectedAccount: () => own.connection,
      PluginSetup: () => own.setup,
      SkillCopy: () => own.skillCopy,
      Authorization: () => own.attempt,
    },
    operation: (id) => ({
      query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
      variables: { ids: [id] },
    }),
  },
  'Query.plugins(after)': CATALOGUE,
  'Query.connectors(after)': CATALOGUE,
  'Viewer.skills(after)': {
    ids: { SkillCopy: () => own.skillCopy },
    operation: (id, { isOwner }) => ({
      query:
        'query ($after: String) { viewer { skills(first: 1, after: $after) { edges { cursor } pageInfo { hasPreviousPage } } } }',
      variables: { after: cursorOf(id), isOwner },
    }),
  },
  'Viewer.activity(after)': {
    ids: { Activity: () => own.activityCursor },
    operation: (after) => ({
      query: 'query ($after: String) { viewer { activity(first: 50, after: $after) { edges { cursor } } } }',
      variables: { after },
    }),
  },
  'Viewer.activity(before)': {
    ids: { Activity: () => own.activityCursor },
    operation: (before) => ({
      query: 'query ($before: String) { viewer { activity(last: 50, before: $before) { edges { cursor } } } }',
      variables: { before },
    }),
  },
  'Mutation.startSetup(input.pluginId)': CATALOGUE,
  'Mutation.retirePlugin(input.pluginId)': CATALOGUE,
  'Mutation.removeConnector(input.connectorId)': CATALOGUE,
  'Mutation.createSetupSession(input.pluginId)': CATALOGUE,
  'Mutation.configureConnector(input.credentials.clientId)': FOREIGN,
  'Mutation.setConnectorCredentials(input.connectorId)': CATALOGUE,
  'Mutation.setConnectorCredentials(input.clientId)': FOREIGN,
  'Mutation.authorizeConnector(input.connectorId)': CATALOGUE,
  'Mutation.authorizeConnector(input.setupId)': {
    ids: { PluginSetup: () => own.setup },
    operation: (setupId) => mutation('authorizeConnector', { connectorId: connectorId('acme-mail'), setupId }),
  },
  'Mutation.authorizeConnector(input.connectionId)': {
    ids: { ConnectedAccount: () => own.connection },
    operation: (connectionId, { setupId }) =>
      mutation('authorizeConnector', { connectorId: connectorId('acme-chat'), setupId, connectionId }),
  },
  'Mutation.chooseConnection(input.setupId)': {
    ids: { PluginSetup: () => own.setup },
    operation: (setupId) => mutation('chooseConnection', { setupId, connectionId: own.connection }),
  },
  'Mutation.chooseConnection(input.connectionId)': {
    ids: { ConnectedAccount: () => own.connection },
    operation: (connectionId, { setupId }) => mutation('chooseConnection', { setupId: setupId ?? '', connectionId }),
  },
  'Mutation.confirmAuthorization(input.authorizationId)': {
    ids: { Authorization: () => own.confirmation.id },
    // A stranger who also has the code ends the authorization: see O2.
    operation: (authorizationId, { isOwner }) =>
      mutation('confirmAuthorization', { authorizationId, code: isOwner ? own.confirmation.code : 'guessed' }),
  },
  'Mutation.chooseAccount(input.authorizationId)': {
    ids: { Authorization: () => own.awaitingChoice },
    operation: (authorizationId) => mutation('chooseAccount', { authorizationId, choiceId: 'site-1' }),
  },
  'Mutation.chooseAccount(input.choiceId)': FOREIGN,
  'Mutation.cancelAuthorization(input.authorizationId)': {
    ids: { Authorization: () => own.spareAttempt },
    operation: (authorizationId) => mutation('cancelAuthorization', { authorizationId }),
  },
  'Mutation.verifyConnection(input.connectionId)': {
    ids: { ConnectedAccount: () => own.connection },
    operation: (connectionId) => mutation('verifyConnection', { connectionId }),
  },
  'Mutation.issueAccessToken(input.connectorId)': CATALOGUE,
  'Mutation.issueAccessToken(input.skillId)': CATALOGUE,
  'Mutation.issueAccessToken(input.setupId)': OF_THE_NAMED_USER,
  'Mutation.issueAccessToken(input.connectionId)': OF_THE_NAMED_USER,
  'Mutation.updateWebhook(input.webhookId)': INSTALLATION,
  'Mutation.rotateWebhookSecret(input.webhookId)': INSTALLATION,
  'Mutation.removeWebhook(input.webhookId)': INSTALLATION,
  'Mutation.testWebhook(input.webhookId)': INSTALLATION,
  'Mutation.replayWebhookDeliveries(input.webhookId)': INSTALLATION,
  'Mutation.replayWebhookDeliveries(input.deliveryIds)': INSTALLATION,
  'Webhook.deliveries(after)': INSTALLATION,
  'Mutation.removeSetup(input.setupId)': {
    ids: { PluginSetup: () => own.spareSetup },
    operation: (setupId) => mutation('removeSetup', { setupId }),
  },
  'Mutation.disconnect(input.connectionId)': {
    ids: { ConnectedAccount: () => own.spareConnection },
    operation: (connectionId) => mutation('disconnect', { connectionId }),
  },
  'Subscription.setupProgress(setupId)': {
    ids: { PluginSetup: () => own.setup },
    operation: (id) => subscription('setupProgress(setupId: $id)', { id }),
  },
  'Subscription.connectionStatus(connectorIds)': CATALOGUE,
  'Subscription.authorizationStatus(authorizationId)': {
    ids: { Authorization: () => own.attempt },
    operation: (id) => subscription('authorizationStatus(authorizationId: $id)', { id }),
  },
}

/** A cursor of Mine names a copy by its id. */
const cursorOf = (id: string) =>
  Buffer.from(Buffer.from(id, 'base64').toString().split(':')[1] ?? '').toString('base64url')

/** An id of the same type as the owner's, of an object that doesn't exist. */
const absent = (typename: OwnedType) =>
  typename === 'Activity' ? Buffer.from(`GPC:S:${randomUUID()}`).toString('base64') : globalId(typename, randomUUID())

async function answerTo(caller: CallerHere, { query, variables }: Operation): Promise<unknown> {
  if (!query.startsWith('subscription')) return call(patchbay, caller.token, query, variables)
  if (!caller.socket) {
    caller.socket = await RawSocket.open(patchbay)
    await caller.socket.init(`Bearer ${caller.token}`)
  }
  const { type, payload } = await caller.socket.execute(query, variables)
  return { type, payload }
}

describe('G12: an id that belongs to another user', () => {
  const OWNER: HostUser = { subject: 'olga', organization: 'northwind' }
  let owner: CallerHere
  let intruders: [name: string, caller: CallerHere][]

  beforeAll(async () => {
    const stranger = { subject: 'sven', organization: 'westwind' }
    const people = {
      'another user': await tokenOf(stranger),
      'a user of the same organization': await tokenOf({ ...OWNER, subject: 'nils' }),
      'an administrator of the same organization': await tokenOf({ ...OWNER, subject: 'ada' }, { operator: true }),
      'the same subject in another organization': await tokenOf({ ...OWNER, organization: 'southwind' }),
    }
    // Something has happened to them before anything happened to the owner, and something afterward.
    const happen = (...plugins: string[]) =>
      Promise.all(Object.values(people).flatMap((token) => plugins.map((plugin) => setupOf(patchbay, token, plugin))))
    await happen('plain-writer', 'inbox-helper')

    const token = await tokenOf(OWNER)
    const setup = await setupOf(patchbay, token)
    const browser = browserWith(patchbay, token)
    const connection = async (connector: string) => {
      const { id } = await browser.connect({ connector, setupId: setup }, allow)
      const query = 'query ($id: ID!) { node(id: $id) { ... on Authorization { connection { id } } } }'
      const { data } = await call<{ node: { connection: { id: string } } }>(patchbay, token, query, { id })
      return data.node.connection.id
    }
    const attempt = async () => (await browser.authorize({ connector: 'acme-mail', setupId: setup })).id
    const confirmed = await browser.authorize({ connector: 'acme-mail', binding: 'CONFIRM', returnTo: RETURN_TO })
    const back = await browser.deliver(await browser.consent(confirmed.url, allow))
    await script(patchbay, { sites: 2 }, 'acme-desk')
    const variables = [{ name: 'workspace', value: 'northwind' }]
    const { id: awaitingChoice } = await browser.connect({ connector: 'acme-desk', variables }, allow)
    const query = '{ viewer { skills { edges { node { id } } } activity(first: 3) { edges { cursor } } } }'
    const ownConnection = await connection('acme-chat')
    const { data } = await call<{
      viewer: { skills: { edges: { node: { id: string } }[] }; activity: { edges: { cursor: string }[] } }
    }>(patchbay, token, query)
    own = {
      setup,
      spareSetup: await setupOf(patchbay, token, 'standup-writer'),
      connection: ownConnection,
      spareConnection: await connection('acme-calendar'),
      skillCopy: data.viewer.skills.edges[0]?.node.id ?? '',
      attempt: await attempt(),
      spareAttempt: await attempt(),
      confirmation: {
        id: confirmed.id,
        code: new URL(back.headers.get('location') ?? '').searchParams.get('confirmation') ?? '',
      },
      awaitingChoice,
      activityCursor: data.viewer.activity.edges[1]?.cursor ?? '',
    }
    owner = { token, isOwner: true, setupId: setup }

    const inSession = async (user: HostUser, plugin: string): Promise<CallerHere> => {
      const { token, setup } = await sessionFor(patchbay, everyScope, user, { plugin })
      return { token, isOwner: false, setupId: setup.id }
    }
    await happen('standup-writer', 'meeting-assistant')
    const setups = await happen('meeting-assistant')
    intruders = [
      ...Object.entries(people).map(([name, token], index): (typeof intruders)[number] => [
        name,
        { token, isOwner: false, setupId: setups[index] },
      ]),
      ['another user’s setup session', await inSession(stranger, 'meeting-assistant')],
      ['the owner’s session for another setup', await inSession(OWNER, 'inbox-helper')],
      ['an API key', { token: everyScope, isOwner: false, setupId: undefined }],
    ]
  })
  afterAll(() => {
    for (const { socket } of [owner, ...intruders.map(([, caller]) => caller)]) socket?.terminate()
  })

  test('every argument that takes an id is in the table, and nothing else is', () => {
    expect(idPositions().sort()).toEqual(Object.keys(TABLE).sort())
  })

  for (const [position, entry] of Object.entries(TABLE)) {
    if (typeof entry === 'string') continue
    test(`${position} answers as if the id did not exist, and changes nothing`, async () => {
      const { db } = patchbay.database
      const where = { userId: idOf(OWNER) }
      const everything = async () => ({
        user: await db.user.findUnique({ where: { id: where.userId } }),
        setups: await db.setup.findMany({ where, include: { bindings: true } }),
        connections: await db.connection.findMany({ where }),
        attempts: await db.authorization.findMany({ where, include: { secret: true } }),
      })
      for (const [typename, idOfOwner] of Object.entries(entry.ids) as [OwnedType, () => string][]) {
        const owners = idOfOwner()
        expect(owners).not.toBe('')
        const before = await everything()
        for (const [name, caller] of intruders) {
          const answer = await answerTo(caller, entry.operation(owners, caller))
          const answerToNothing = await answerTo(caller, entry.operation(absent(typename), caller))
          expect(answer, `${name}, ${typename}`).toEqual(answerToNothing)
          expect(JSON.stringify(answer), `${name}, ${typename}`).not.toContain(owners)
        }
        expect(await everything()).toEqual(before)
        // So the call itself is valid.
        const nothing = await answerTo(owner, entry.operation(absent(typename), owner))
        const right = await answerTo(owner, entry.operation(owners, owner))
        expect(right, typename).not.toEqual(nothing)
        expect(JSON.stringify(right), typename).not.toMatch(/Error"|"errors"/)
      }
    })
  }
})

test('a cursor of an entry that is gone returns an empty page', async () => {
  const query = 'query ($after: String) { viewer { activity(first: 5, after: $after) { edges { cursor } } } }'
  const after = Buffer.from(`GPC:S:${randomUUID()}`).toString('base64')
  const token = await tokenOf({ subject: 'mona', organization: 'hosted' })
  expect((await call(patchbay, token, query, { after })).data).toEqual({ viewer: { activity: { edges: [] } } })
})

/** Who may call what. Anyone may send queries, because the result depends on the caller. */
const MAY: Record<string, readonly ('user' | 'session' | 'operator' | (typeof API_KEY_SCOPES)[number])[]> = {
  startSetup: ['user'],
  removeSetup: ['user'],
  authorizeConnector: ['user', 'session'],
  chooseConnection: ['user', 'session'],
  cancelAuthorization: ['user', 'session'],
  confirmAuthorization: ['user', 'session'],
  chooseAccount: ['user', 'session'],
  verifyConnection: ['user', 'session'],
  disconnect: ['user'],
  publishPlugin: ['operator', 'plugins:write'],
  retirePlugin: ['operator', 'plugins:write'],
  configureConnector: ['operator', 'connectors:write'],
  setConnectorCredentials: ['operator', 'connectors:write'],
  removeConnector: ['operator', 'connectors:write'],
  createSetupSession: ['sessions:create'],
  deleteUser: ['users:delete'],
  issueAccessToken: ['tokens:issue'],
  registerWebhook: ['webhooks:write'],
  updateWebhook: ['webhooks:write'],
  rotateWebhookSecret: ['webhooks:write'],
  removeWebhook: ['webhooks:write'],
  testWebhook: ['webhooks:write'],
  replayWebhookDeliveries: ['webhooks:write'],
  setupProgress: ['user', 'session'],
  connectionStatus: ['user'],
  authorizationStatus: ['user', 'session'],
}

/** A value that fits the type and names nothing that exists. */
function anything(type: GraphQLInputType, setupId: string, name = ''): unknown {
  if (isNonNullType(type)) return anything(type.ofType, setupId, name)
  if (isListType(type)) return [anything(type.ofType, setupId, name)]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (isInputObjectType(type)) {
    // A session has to name its setup if it can.
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || field.name === 'setupId',
    )
    return Object.fromEntries(fields.map((field) => [field.name, anything(field.type, setupId, field.name)]))
  }
  if (name === 'setupId') return setupId
  const word = name === 'pluginId' ? 'Plugin' : name === 'connectorId' ? 'Connector' : undefined
  if (type.name === 'ID') return word ? globalId(word, 'nothing') : globalId('Nothing', randomUUID())
  return { String: randomUUID(), Int: 1, Boolean: false, JSON: {} }[type.name]
}

describe('G15: a caller may do exactly what the table says', () => {
  test.each(['user', 'session', 'operator', ...API_KEY_SCOPES] as const)('as %s', async (caller) => {
    const { setup, token: session } = await sessionFor(patchbay, everyScope, {
      subject: 'mona',
      organization: 'hosted',
    })
    const user = { subject: 'mona', organization: 'hosted' }
    const token =
      caller === 'session'
        ? session
        : caller === 'user' || caller === 'operator'
          ? await tokenOf(user, { operator: caller === 'operator' })
          : (await keyFor(patchbay, caller)).key
    const roles: readonly string[] = caller === 'operator' ? ['user', 'operator'] : [caller]

    for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      const [input] = field.args
      if (!input) throw new Error(`${field.name} takes no input`)
      const { query, variables } = mutation(field.name, anything(input.type, setup.id) as object)
      const answer = await call<Record<string, { __typename: string }>>(patchbay, token, query, variables)
      const forbidden = answer.data?.[field.name]?.__typename === 'ForbiddenError'
      expect(answer.errors, field.name).toBeUndefined()
      expect(forbidden, field.name).toBe(!MAY[field.name]?.some((role) => roles.includes(role)))
    }
    const socket = await RawSocket.open(patchbay)
    await socket.init(`Bearer ${token}`)
    for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
      const required = field.args.filter((argument) => isNonNullType(argument.type))
      const list = required.map(({ name, type }) => `${name}: ${JSON.stringify(anything(type, setup.id, name))}`)
      const query = `subscription { ${field.name}${list.length > 0 ? `(${list.join()})` : ''} { __typename } }`
      const { payload } = await socket.execute(query)
      const forbidden = JSON.stringify(payload).includes('"FORBIDDEN"')
      expect(forbidden, field.name).toBe(!MAY[field.name]?.some((role) => roles.includes(role)))
    }
    socket.terminate()
  })
})
