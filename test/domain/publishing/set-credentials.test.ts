import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser } from '../../support/browser.js'
import { keyFor, mutateAs } from '../../support/callers.js'
import { connectionsOf, countersOf, mutate, startAfresh } from '../../support/connecting.js'
import { connectorId, type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { scrape } from '../../support/scrape.js'

const HOUR = 3_600_000
const APP = 'acme-mail'
const connector = { connectorId: connectorId(APP) }

let patchbay: Patchbay
let runtime: string
let operator: string
let secret: string
beforeAll(async () => {
  patchbay = await startPatchbay()
  runtime = (await keyFor(patchbay, 'tokens:issue')).key
  operator = (await keyFor(patchbay, 'connectors:write')).key
  secret = patchbay.sandbox.apps.find(({ slug }) => slug === APP)?.clientSecret ?? ''
})
afterAll(() => patchbay.close())
beforeEach(async () => {
  await startAfresh(patchbay)
  await setCredentials({ clientSecret: secret })
})

interface Refusal {
  reason?: string
  remedy?: string
  retryAfterSeconds?: number | null
  faults?: { path: string; message: string }[]
  slug?: string
}

const FAULTS = '... on InvalidInputError { faults { path message } } ... on Connector { slug }'
const setCredentials = (credentials: object) =>
  mutateAs<Refusal>(patchbay, operator, 'setConnectorCredentials', { ...connector, ...credentials }, FAULTS)
const issue = () => {
  const selection = '... on AccessTokenUnavailableError { reason remedy retryAfterSeconds }'
  const user = { subject: 'ada', organization: 'northwind' }
  return mutateAs<Refusal>(patchbay, runtime, 'issueAccessToken', { user, ...connector }, selection)
}
/** The access token has expired, and the next refresh is due. */
const expire = () =>
  patchbay.database.db.connection.updateMany({
    data: {
      accessTokenIssuedAt: new Date(Date.now() - HOUR),
      accessTokenExpiresAt: new Date(Date.now() - 1_000),
      refreshDueAt: new Date(Date.now() + HOUR),
    },
  })

describe('R6: while the app refuses the client', () => {
  let connectionId: string
  beforeEach(async () => {
    await new Browser(patchbay, 'ada').connect({ connector: APP })
    connectionId = (await connectionsOf(patchbay, 'ada'))[0]?.id ?? ''
    await expire()
    await setCredentials({ clientSecret: 'the-secret-before-the-last-one' })
  })

  test('runtimes are told to ask an operator and not to wait, also without asking the app again', async () => {
    const refusal = { reason: 'CLIENT_REFUSED', remedy: 'ASK_OPERATOR', retryAfterSeconds: null }
    expect(await issue()).toMatchObject(refusal)
    const { tokenRequests } = await countersOf(patchbay)
    expect(await issue()).toMatchObject(refusal)
    expect((await countersOf(patchbay)).tokenRequests).toBe(tokenRequests)
    const { value } = await scrape(patchbay)
    expect(value('patchbay_tokens_refused_total', { connector: APP, reason: 'CLIENT_REFUSED' })).toBeGreaterThan(0)
  })

  test('the user is told to ask an administrator, and the connection stays as it is', async () => {
    const verified = () => mutate(patchbay, 'ada', 'verifyConnection', { connectionId })
    expect(await verified()).toMatchObject({
      __typename: 'ClientRefusedError',
      message: expect.stringMatching(/^Acme Mail isn’t set up correctly here.*Ask your administrator/),
    })
    expect(await verified()).toMatchObject({ __typename: 'ClientRefusedError' })
    expect(await patchbay.database.db.connection.findFirstOrThrow()).toMatchObject({ status: 'LIVE' })
  })

  test('new credentials work right away, without waiting for the pause', async () => {
    await issue()
    expect(await setCredentials({ clientSecret: secret })).toEqual({ __typename: 'Connector', slug: APP })
    expect(await issue()).toMatchObject({ __typename: 'IssuedAccessToken' })
  })
})

describe('setConnectorCredentials', () => {
  test('keeps the client id that is left out, and everything else of the connector', async () => {
    const { db } = patchbay.database
    const [before, { revision }] = [
      await db.connector.findMany(),
      await db.catalogue.findUniqueOrThrow({ where: { id: 1 } }),
    ]
    expect(await setCredentials({ clientSecret: secret })).toEqual({ __typename: 'Connector', slug: APP })
    expect(await db.connector.findMany()).toEqual(before)
    expect((await db.catalogue.findUniqueOrThrow({ where: { id: 1 } })).revision).toBe(revision + 1)
    await new Browser(patchbay, 'ada').connect({ connector: APP })
    expect(await connectionsOf(patchbay, 'ada')).toMatchObject([{ status: 'LIVE' }])
  })

  test.each<[string, object, string]>([
    ['an empty secret', { clientSecret: '' }, 'clientSecret'],
    ['no secret', {}, 'clientSecret'],
    ['an empty client id', { clientId: '', clientSecret: 'x' }, 'clientId'],
    ['a secret that can’t be stored', { clientSecret: 'a\0b' }, 'clientSecret'],
  ])('refuses %s with its path, and stores nothing', async (_what, credentials, path) => {
    const before = await patchbay.database.db.connectorCredential.findMany()
    const result = await setCredentials(credentials)
    expect(result).toMatchObject({ __typename: 'InvalidInputError', faults: [{ path }] })
    expect(await patchbay.database.db.connectorCredential.findMany()).toEqual(before)
  })

  test('refuses a connector that doesn’t exist, one from a file, and callers who are no operators', async () => {
    const given = { clientSecret: 'x' }
    const missing = { ...given, connectorId: connectorId('nothing') }
    expect(await mutateAs(patchbay, operator, 'setConnectorCredentials', missing)).toMatchObject({
      __typename: 'NotFoundError',
    })
    expect(await mutate(patchbay, 'ben', 'setConnectorCredentials', { ...connector, ...given })).toMatchObject({
      __typename: 'ForbiddenError',
    })
    const { db } = patchbay.database
    await db.connector.update({ where: { slug: APP }, data: { fromFile: true } })
    expect(await setCredentials(given)).toMatchObject({
      __typename: 'ConnectorFromFileError',
      message: expect.stringContaining('PATCHBAY_CONNECTORS'),
    })
    await db.connector.update({ where: { slug: APP }, data: { fromFile: false } })
  })
})
