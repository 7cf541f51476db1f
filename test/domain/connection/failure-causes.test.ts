import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readConnectorFailures } from '../../../src/domain/publishing/connector-failures.js'
import { CONNECTOR } from '../../support/insert-connection.js'
import { type Keeper, type Keepers, ORGANIZATION, startKeepers } from '../../support/keepers.js'
import { type Answer, answersWith, type RotatingApp, startRotatingApp } from '../../support/rotating-app.js'

let app: RotatingApp
let keepers: Keepers
let keeper: Keeper
beforeAll(async () => {
  app = await startRotatingApp()
  keepers = await startKeepers(app)
  keeper = keepers.keeper()
})
afterAll(async () => {
  await keepers[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await keepers.database.db.user.deleteMany()
  app.refusesRefresh = app.refusesIdentity = undefined
})

const HOUR = 3_600_000
const inAnHour = () => new Date(Date.now() + HOUR)
const unchecked = () => ({ accessTokenExpiresAt: inAnHour(), refreshDueAt: inAnHour(), verifyDueAt: new Date(0) })

const failures = async () => {
  const [shown = []] = await readConnectorFailures(keepers.database, [CONNECTOR], ORGANIZATION)
  return shown
}
/** The pause after a failure is over. */
const dueAgain = () =>
  keepers.database.db.connection.updateMany({ data: { refreshDueAt: new Date(0), verifyDueAt: new Date(0) } })

test.each<[reason: string, status: number, body: object, stored: object]>([
  ['CLIENT_REFUSED', 401, { error: 'invalid_client' }, { httpStatus: 401, providerCode: 'invalid_client' }],
  ['SCOPE_REFUSED', 400, { error: 'invalid_scope', error_description: 'gone' }, { providerDescription: 'gone' }],
  ['REFUSED', 403, { error: 'policy' }, { httpStatus: 403, providerCode: 'policy' }],
  ['APP_FAILED', 503, {}, { httpStatus: 503 }],
  ['GRANT_REFUSED', 400, { error: 'invalid_grant' }, { providerCode: 'invalid_grant' }],
  ['UNREADABLE', 200, { hello: 'world' }, { httpStatus: 200 }],
])('a refresh that fails as %s keeps its cause', async (reason, status, body, stored) => {
  await keepers.connect('ada')
  app.refusesRefresh = answersWith(status, body)
  await keeper.refresher.refreshDue()
  expect(await failures()).toMatchObject([{ stage: 'REFRESH', reason, host: new URL(app.url).host, ...stored }])
})

test('a refresh that succeeds clears the cause', async () => {
  await keepers.connect('ada')
  app.refusesRefresh = answersWith(503, {})
  await keeper.refresher.refreshDue()
  expect(await failures()).toHaveLength(1)
  app.refusesRefresh = undefined
  await dueAgain()
  await keeper.refresher.refreshDue()
  expect(await failures()).toEqual([])
  expect(await keepers.connection('ada')).toMatchObject({ failureCause: null, failedAt: null, tokenVersion: 2 })
})

test.each<[reason: string, answer: Answer]>([
  ['REFUSED', answersWith(403, { error: { message: 'quota' } })],
  ['APP_FAILED', answersWith(500, {})],
  ['OTHER_ACCOUNT', answersWith(200, { id: 'someone-else' })],
])('a check that fails as %s keeps its cause until one succeeds', async (reason, answer) => {
  await keepers.connect('ada', unchecked())
  app.refusesIdentity = answer
  await keeper.checkDue()
  expect(await failures()).toMatchObject([{ stage: 'CHECK', reason }])
  app.refusesIdentity = undefined
  await dueAgain()
  await keepers.database.db.connection.updateMany({ data: { refreshDueAt: inAnHour() } })
  await keeper.checkDue()
  expect(await failures()).toEqual([])
})

test('a check that succeeds leaves the cause of a failed refresh', async () => {
  await keepers.connect('ada', { ...unchecked(), refreshDueAt: new Date(0) })
  app.refusesRefresh = answersWith(503, {})
  await keeper.refresher.refreshDue()
  await keeper.checkDue()
  expect(await failures()).toMatchObject([{ stage: 'REFRESH', reason: 'APP_FAILED' }])
})

test('a connection that a check breaks keeps its cause', async () => {
  await keepers.connect('ada', { ...unchecked(), refreshable: false })
  app.revoke('ada')
  await keeper.checkDue()
  expect(await keepers.connection('ada')).toMatchObject({
    status: 'BROKEN',
    failureCause: { stage: 'CHECK', reason: 'GRANT_REFUSED', httpStatus: 401 },
  })
})

test('failures of other organizations are not read', async () => {
  await keepers.connect('ada')
  app.refusesRefresh = answersWith(503, {})
  await keeper.refresher.refreshDue()
  expect(await readConnectorFailures(keepers.database, [CONNECTOR], 'elsewhere')).toEqual([[]])
  expect(await readConnectorFailures(keepers.database, ['other', CONNECTOR], null)).toMatchObject([[], [{ count: 1 }]])
})
