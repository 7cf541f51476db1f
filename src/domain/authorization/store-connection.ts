import { randomUUID } from 'node:crypto'
import type { Connection } from '../../generated/prisma/client.js'
import type { Connector } from '../catalogue/catalogue.js'
import { grantedScopes } from '../catalogue/scopes.js'
import { NOTHING_DUE } from '../connection/break-connection.js'
import { nextCheckInMs, refreshInMs } from '../connection/refresh-rules.js'
import { scheduleRevocation } from '../connection/revocation/schedule-revocation.js'
import { sealTokens } from '../credential/tokens.js'
import type { Db, Tx } from '../db.js'
import type { Deps } from '../deps.js'
import { later } from '../formats.js'
import type { ExternalAccount, Tokens } from '../ports/oauth-client.js'
import { announceSetups } from '../setup/announce-setups.js'
import { bindStep } from '../setup/setup-step.js'
import { UNEXCHANGED_STATUSES } from '../view/authorization-status.js'
import { recordConnectionEvent } from '../webhook/events.js'
import type { AuthorizationRecord } from './authorization-record.js'
import { type ChangeAuthorizationDeps, changeAuthorization } from './change-authorization.js'

const MAX_TRIES = 5

export type StoreConnectionDeps = ChangeAuthorizationDeps & Pick<Deps, 'catalogue' | 'vault' | 'settings'>

/**
 * Commits a successful exchange: creates or repairs the connection, stores its tokens, binds the setup's step to it,
 * supersedes siblings and marks the authorization SUCCEEDED.
 * @returns `another-account` if the authorization was meant to repair a connection of a different account; `overtaken`
 * if the authorization ended in the meantime. In both cases nothing was written
 */
export async function storeConnection(
  deps: StoreConnectionDeps,
  authorization: AuthorizationRecord,
  connector: Connector,
  tokens: Tokens,
  account: ExternalAccount | null,
): Promise<'stored' | 'another-account' | 'overtaken'> {
  const { userId, connectorSlug, setupId } = authorization
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    // Sealing needs the connection's id and may call a key service, so look up the connection before the transaction.
    const known = await connectionToKeep(deps.db, authorization, account)
    if (known && known.accountId !== null && known.accountId !== account?.id) return 'another-account'
    const connectionId = known?.id ?? randomUUID()
    const sealed = await sealTokens(
      deps.vault,
      { organization: authorization.user.organization, userId, recordId: connectionId },
      tokens,
    )
    let movedOn = false
    const stored = await changeAuthorization(deps, authorization, async (tx, current, change) => {
      const { now } = change
      if (current.status !== 'EXCHANGING') return false
      movedOn = (await connectionToKeep(tx, authorization, account))?.id !== known?.id
      if (movedOn) return false
      const facts = {
        status: 'LIVE' as const,
        problemCode: null,
        problemSince: null,
        accountId: account?.id ?? null,
        accountLabel: account?.label ?? null,
        grantedScopes: grantedScopes(connector.provider, tokens.scope, authorization.scopes),
        authorizedAt: now,
        lastVerifiedAt: account ? now : null,
        refreshable: tokens.refreshToken !== null,
        ...scheduleOf(connector, tokens, deps.settings.checkEveryMs, now),
      }
      const connection = await tx.connection.upsert({
        where: { id: connectionId },
        create: { id: connectionId, userId, connectorSlug, connectedAt: now, ...facts },
        update: { ...facts, tokenVersion: { increment: 1 } },
      })
      if (known && !connector.provider.revocationEndsGrant) await leaveReplaced(tx, authorization, known)
      await tx.connectionToken.upsert({
        where: { connectionId },
        create: { connectionId, sealed },
        update: { sealed },
      })
      if (current.setupId) {
        const step = { setupId: current.setupId, connectorSlug }
        await bindStep(tx, step, { connectionId, boundAt: now, authorized: true })
      }
      await recordConnectionEvent(tx, change, 'connection.live', connection)
      await announceSetups(tx, deps, change)
      await tx.authorization.update({
        where: { id: authorization.id },
        data: { status: 'SUCCEEDED', endedAt: now, connectionId },
      })
      const superseded = await tx.authorization.updateManyAndReturn({
        where: {
          userId,
          connectorSlug,
          setupId,
          targetConnectionId: authorization.targetConnectionId,
          status: { in: [...UNEXCHANGED_STATUSES] },
        },
        data: { status: 'SUPERSEDED', endedAt: now },
        select: { id: true },
      })
      await tx.authorizationSecret.deleteMany({
        where: { authorization: { userId, status: { in: ['SUCCEEDED', 'SUPERSEDED'] } } },
      })
      await tx.activity.create({
        data: {
          userId,
          at: now,
          kind: known ? 'REAUTHORIZED' : 'CONNECTED',
          connectorSlug,
          accountLabel: facts.accountLabel,
        },
      })
      return [
        { id: authorization.id, connectorSlug, status: 'SUCCEEDED', failureCode: null },
        ...superseded.map(({ id }) => ({ id, connectorSlug, status: 'SUPERSEDED' as const, failureCode: null })),
      ]
    })
    if (stored) return 'stored'
    if (!movedOn) return 'overtaken'
  }
  throw new Error(`the user’s connections changed during each of ${MAX_TRIES} attempts to store one`)
}

/** If revoking them doesn't end the grant, the tokens that a new consent replaces are revoked at the app. */
async function leaveReplaced(
  tx: Tx,
  { userId, user }: AuthorizationRecord,
  { id, connectorSlug, accountId }: Connection,
): Promise<void> {
  const replaced = await tx.connectionToken.findUnique({ where: { connectionId: id } })
  if (!replaced) return
  const { organization } = user
  const { sealed } = replaced
  await scheduleRevocation(tx, { organization, userId, recordId: id, connectorSlug, accountId, sealed })
}

/** When the tokens expire, and when they have to be refreshed or checked. */
function scheduleOf(
  { provider }: Connector,
  { expiresInSeconds, refreshToken }: Tokens,
  checkEveryMs: number,
  now: Date,
) {
  const lifetimeMs = expiresInSeconds === null ? null : expiresInSeconds * 1000
  return {
    ...NOTHING_DUE,
    accessTokenIssuedAt: now,
    accessTokenExpiresAt: later(now, lifetimeMs),
    refreshDueAt: refreshToken === null ? null : later(now, refreshInMs(lifetimeMs, Math.random())),
    verifyDueAt: later(now, nextCheckInMs(provider, checkEveryMs, Math.random())),
  }
}

/**
 * Returns the connection that the account's tokens belong to: the one to repair, or the existing one of the same
 * account.
 */
async function connectionToKeep(
  db: Db | Tx,
  { userId, connectorSlug, targetConnectionId }: AuthorizationRecord,
  account: ExternalAccount | null,
) {
  const target =
    targetConnectionId && (await db.connection.findUnique({ where: { id: targetConnectionId, userId, connectorSlug } }))
  if (target) return target
  // A provider without account identity allows one connection per connector.
  return db.connection.findFirst({ where: { userId, connectorSlug, ...(account && { accountId: account.id }) } })
}
