import { randomUUID } from 'node:crypto'
import { sealTokens } from '../../src/domain/credential/tokens.js'
import type { Db } from '../../src/domain/db.js'
import { userIdOf } from '../../src/domain/identity/viewer.js'
import type { Vault } from '../../src/domain/ports/vault.js'
import type { RotatingApp } from './rotating-app.js'

export const CONNECTOR = 'rotating'
const MINUTE = 60_000
const after = (ms: number) => new Date(Date.now() + ms)

/** A connection as it is after consent, about to expire. The given facts override that. */
export async function insertConnection(
  { db, vault, app }: { db: Db; vault: Vault; app: RotatingApp },
  user: { issuer: string; subject: string; organization: string },
  account: string,
  facts: Record<string, unknown> = {},
): Promise<string> {
  const { accessToken, refreshToken } = app.mint(account)
  const userId = userIdOf(user)
  const id = randomUUID()
  const owner = { organization: user.organization, userId, recordId: id }
  const refreshable = facts.refreshable !== false
  const sealed = await sealTokens(vault, owner, { accessToken, refreshToken: refreshable ? refreshToken : null })
  await db.user.upsert({
    where: { id: userId },
    create: { id: userId, ...user, createdAt: new Date() },
    update: {},
  })
  await db.connection.create({
    data: {
      id,
      userId,
      connectorSlug: CONNECTOR,
      status: 'LIVE',
      accountId: account,
      accountLabel: `${account}@app.example`,
      grantedScopes: ['read'],
      connectedAt: new Date(),
      authorizedAt: new Date(),
      refreshable,
      accessTokenIssuedAt: after(-55 * MINUTE),
      accessTokenExpiresAt: after(MINUTE / 2),
      refreshDueAt: refreshable ? after(-MINUTE) : null,
      ...facts,
      token: { create: { sealed } },
    },
  })
  return id
}

/** The app's connector, as an operator describes it. */
export const described = (app: RotatingApp) => ({
  authorizationUrl: `${app.url}/authorize`,
  tokenUrl: `${app.url}/token`,
  identity: { url: `${app.url}/me`, idPath: 'id', labelPaths: ['email'] },
  accessEndedErrors: ['bad_refresh_token'],
})
