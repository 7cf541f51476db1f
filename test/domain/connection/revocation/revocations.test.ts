import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { carryOutRevocations } from '../../../../src/domain/connection/revocation/carry-out-revocations.js'
import { sealTokens } from '../../../../src/domain/credential/tokens.js'
import { userIdOf } from '../../../../src/domain/identity/viewer.js'
import { OAuthError, type OAuthTarget } from '../../../../src/domain/ports/oauth-client.js'
import { CONNECTOR } from '../../../support/insert-connection.js'
import { type Keepers, ORGANIZATION, startKeepers, userOf } from '../../../support/keepers.js'
import { type RotatingApp, startRotatingApp } from '../../../support/rotating-app.js'

let app: RotatingApp
let keepers: Keepers
beforeAll(async () => {
  app = await startRotatingApp()
  keepers = await startKeepers(app)
  await keepers.configure('other', app)
})
afterAll(async () => {
  await keepers[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await keepers.database.db.user.deleteMany()
  await keepers.database.db.revocation.deleteMany()
})

const longAgo = new Date(0)
/** A user's tokens that no longer belong to a connection. */
async function orphaned(facts: { connectorSlug?: string; accountId?: string | null } = {}): Promise<void> {
  const owner = { organization: ORGANIZATION, userId: userIdOf(userOf('ada')), recordId: randomUUID() }
  const sealed = await sealTokens(keepers.vault, owner, { accessToken: 'access', refreshToken: 'refresh' })
  await keepers.database.db.revocation.create({
    data: {
      ...owner,
      connectorSlug: CONNECTOR,
      accountId: 'ada',
      ...facts,
      sealed,
      createdAt: longAgo,
      dueAt: longAgo,
    },
  })
}
const carriedOutBy = (revoke: (target: OAuthTarget) => Promise<void>) => {
  const { deps } = keepers.keeper(({ oauth }) => ({ oauth: { ...oauth, revoke } }))
  return carryOutRevocations(deps)
}

test('tokens are erased once they are revoked, or after twelve failed tries', async () => {
  const { db } = keepers.database
  await orphaned()
  expect(await carriedOutBy(async () => {})).toBe(1)
  expect(await db.revocation.count()).toBe(0)

  await orphaned()
  let tries = 0
  const away = async () => {
    tries++
    throw new OAuthError('APP_UNAVAILABLE')
  }
  for (let round = 0; round < 12; round++) {
    expect(await carriedOutBy(away)).toBe(round === 11 ? 1 : 0)
    expect(await carriedOutBy(away)).toBe(0) // not before its pause is over
    await db.revocation.updateMany({ data: { dueAt: longAgo } })
  }
  expect(tries).toBe(12)
  expect(await db.revocation.count()).toBe(0)
})

test.each([
  ['the same account', 'ada'],
  ['an unknown account', null],
])('tokens of %s are not revoked while that would end a connection', async (_what, accountId) => {
  await keepers.connect('ada', { accountId })
  await orphaned({ accountId })
  let asked = 0
  const revoke = async () => void asked++
  expect(await carriedOutBy(revoke)).toBe(1)
  expect(asked).toBe(0)
  await keepers.database.db.connection.deleteMany()
  await orphaned({ accountId })
  expect(await carriedOutBy(revoke)).toBe(1)
  expect(asked).toBe(1)
})

test('an app that hangs does not delay revocations at other apps', async () => {
  await orphaned()
  await orphaned({ connectorSlug: 'other' })
  const asked: string[] = []
  let release = () => {}
  const both = new Promise<void>((resolve) => {
    release = resolve
  })
  const hangs = ({ redirectUri }: OAuthTarget) => {
    if (asked.push(redirectUri) === 2) release()
    return both
  }
  expect(await carriedOutBy(hangs)).toBe(2)
  expect(new Set(asked).size).toBe(2)
})
