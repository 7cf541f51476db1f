import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../../../support/browser.js'
import { mutate, rowId, script, startAfresh } from '../../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../../support/patchbay.js'
import { control } from '../../../support/sandbox-client.js'
import { startSetup } from '../../../support/setups.js'
import { type Screen, subscribe } from '../../../support/subscriber.js'

const APP = 'acme-mail'
const PLUGIN = 'inbox-helper'
const SCREEN = `subscription ($id: ID!) { setupProgress(setupId: $id) {
  revision status steps { connector { slug } status remedy connection { id status problem { code message } lastVerifiedAt } }
  skills { name ready }
} }`

interface Step {
  connector: { slug: string }
  status: string
  remedy: string | null
  connection: { id: string; status: string; problem: { code: string } | null; lastVerifiedAt: string | null } | null
}
interface Setup {
  setupProgress: { revision: number; status: string; steps: Step[] }
}

let patchbay: Patchbay
let browser: Browser
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())
beforeEach(async () => {
  await startAfresh(patchbay)
  await control(patchbay.sandbox, 'POST', `/${APP}/revoke`, {})
  browser = new Browser(patchbay, 'ada')
})

const stepOf = ({ setupProgress }: Setup): Step => {
  const step = setupProgress.steps.find(({ connector }) => connector.slug === APP)
  if (!step) throw new Error('the plugin needs the app')
  return step
}

/** A setup with the app connected, and a subscription to it. */
async function connected(): Promise<{ screen: Screen<Setup>; connectionId: string }> {
  const setup = await startSetup(patchbay, 'ada', PLUGIN)
  await browser.connect({ connector: APP, setupId: setup.id })
  const screen = await subscribe<Setup>(patchbay, 'ada', SCREEN, { id: setup.id })
  const connection = stepOf(await screen.until((data) => stepOf(data).status === 'LIVE')).connection
  return { screen, connectionId: connection?.id ?? '' }
}

const verify = (connectionId: string) =>
  mutate<{ status: string; problem: { code: string } | null; lastVerifiedAt: string; retryAfterSeconds: number }>(
    patchbay,
    'ada',
    'verifyConnection',
    { connectionId },
    '... on ConnectedAccount { status problem { code } lastVerifiedAt } ... on AppUnavailableError { retryAfterSeconds }',
  )

test('verifying a connection that the app accepts pushes the time of the check to subscribers', async () => {
  const { screen, connectionId } = await connected()
  await using _screen = screen
  const before = Date.now()
  const result = await verify(connectionId)
  expect(result).toMatchObject({ __typename: 'ConnectedAccount', status: 'LIVE', problem: null })
  expect(Date.parse(result.lastVerifiedAt)).toBeGreaterThan(before - 5_000)
  await screen.until((data) => stepOf(data).connection?.lastVerifiedAt === result.lastVerifiedAt)
})

test('verifying revoked access pushes BROKEN to subscribers, and one reauthorization repairs it', async () => {
  const { screen, connectionId } = await connected()
  await using _screen = screen
  await control(patchbay.sandbox, 'POST', `/${APP}/revoke`, {})
  expect(await verify(connectionId)).toMatchObject({ status: 'BROKEN', problem: { code: 'ACCESS_REVOKED' } })
  const broken = await screen.until((data) => stepOf(data).status === 'BROKEN')
  expect(broken.setupProgress.status).toBe('NEEDS_ATTENTION')
  expect(stepOf(broken).remedy).toBe('REAUTHORIZE')
  expect(await verify(connectionId)).toMatchObject({ status: 'BROKEN' })

  await browser.connect({ connector: APP, connectionId })
  const repaired = await screen.until((data) => stepOf(data).status === 'LIVE')
  expect(stepOf(repaired).connection?.id).toBe(connectionId)
})

test('a connection that breaks while it is being verified is reported as broken, not as missing', async () => {
  const { screen, connectionId } = await connected()
  await using _screen = screen
  const { db } = patchbay.database
  let broken = false
  using _tap = patchbay.database.tap(async (sql) => {
    if (broken || !sql.includes('= ANY') || !sql.includes('"ConnectionToken"')) return
    broken = true
    await db.connection.updateMany({ data: { status: 'BROKEN', problemCode: 'ACCESS_REVOKED' } })
    await db.user.updateMany({ data: { revision: { increment: 1 } } })
  })
  expect(await verify(connectionId)).toMatchObject({ __typename: 'ConnectedAccount', status: 'BROKEN' })
  expect(broken).toBe(true)
})

test('the background check finds revoked access by itself, within its interval', async () => {
  const { screen, connectionId } = await connected()
  await using _screen = screen
  await control(patchbay.sandbox, 'POST', `/${APP}/revoke`, {})
  const { db } = patchbay.database
  const { verifyDueAt } = await db.connection.findUniqueOrThrow({ where: { id: rowId(connectionId) } })
  expect(verifyDueAt?.getTime()).toBeLessThanOrEqual(Date.now() + 3_600_000) // the tests' interval
  await db.connection.updateMany({ data: { verifyDueAt: new Date(0) } })
  await screen.until((data) => stepOf(data).status === 'BROKEN')
})

test('verifying refreshes an access token that the app ended early, and the connection remains LIVE', async () => {
  const { screen, connectionId } = await connected()
  await using _screen = screen
  await control(patchbay.sandbox, 'POST', `/${APP}/expire`, {})
  expect(await verify(connectionId)).toMatchObject({ status: 'LIVE', problem: null })
  const { tokenVersion } = await patchbay.database.db.connection.findUniqueOrThrow({
    where: { id: rowId(connectionId) },
  })
  expect(tokenVersion).toBe(2)
})

test('verifying returns AppUnavailableError if the app does not answer, and the connection remains LIVE', async () => {
  const { screen, connectionId } = await connected()
  await using _screen = screen
  await script(patchbay, { userinfoStatus: 503, retryAfterSeconds: 30 })
  expect(await verify(connectionId)).toMatchObject({ __typename: 'AppUnavailableError', retryAfterSeconds: 30 })
  expect(await patchbay.database.db.connection.findFirstOrThrow()).toMatchObject({ status: 'LIVE' })
  expect(screen.waiting()).toEqual([])
})

test('tokens of an app with rotation are refreshed before they expire, and no refresh token is used twice', async () => {
  await script(patchbay, { rotateRefreshTokens: true })
  const { screen, connectionId } = await connected()
  await using _screen = screen
  const id = rowId(connectionId)
  const { db } = patchbay.database
  for (let round = 2; round <= 4; round++) {
    await db.connection.update({ where: { id }, data: { refreshDueAt: new Date(0) } })
    await patchbay.instance.runJobs()
    expect(await db.connection.findUniqueOrThrow({ where: { id } })).toMatchObject({
      status: 'LIVE',
      tokenVersion: round,
    })
  }
  const { counters } = (await (await control(patchbay.sandbox, 'GET', `/${APP}`)).json()) as {
    counters: { refreshes: number; reuses: number }
  }
  expect(counters).toMatchObject({ refreshes: 3, reuses: 0 })
  expect(screen.waiting()).toEqual([])
})

test('verifying another user’s connection returns NotFoundError', async () => {
  const { screen, connectionId } = await connected()
  await using _screen = screen
  expect(await mutate(patchbay, 'ben', 'verifyConnection', { connectionId })).toMatchObject({
    __typename: 'NotFoundError',
  })
})

test('tokens that a new consent replaces are revoked if that does not end the grant', async () => {
  const { screen, connectionId } = await connected()
  await using _screen = screen
  const { db } = patchbay.database
  const { providerSettings } = await db.connector.findUniqueOrThrow({ where: { slug: APP } })
  const settings = { ...(providerSettings as object), revocationEndsGrant: false }
  await db.connector.update({ where: { slug: APP }, data: { providerSettings: settings } })
  await db.catalogue.updateMany({ data: { revision: { increment: 1 } } })
  await browser.connect({ connector: APP, connectionId })
  await patchbay.instance.runJobs()
  const { counters } = (await (await control(patchbay.sandbox, 'GET', `/${APP}`)).json()) as {
    counters: { revocations: number }
  }
  expect(counters.revocations).toBe(1)
  expect(await verify(connectionId)).toMatchObject({ status: 'LIVE' })
})
