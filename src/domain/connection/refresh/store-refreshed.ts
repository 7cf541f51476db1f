import type { Connector } from '../../catalogue/catalogue.js'
import { grantedScopes } from '../../catalogue/scopes.js'
import { changeKnownUser } from '../../change/change-user.js'
import { dbNull } from '../../db.js'
import type { Deps } from '../../deps.js'
import { later } from '../../formats.js'
import type { Metadata, Tokens } from '../../ports/oauth-client.js'
import { type AnnouncedChangeDeps, announce } from '../../setup/announce-setups.js'
import { connectionEvent } from '../../webhook/events.js'
import { nextCheckInMs, refreshInMs } from '../refresh-rules.js'
import { scheduleRevocation } from '../revocation/schedule-revocation.js'
import type { Claim } from './claim-refreshes.js'
import type { SilentlyStored, StoreSilently } from './store-silently.js'

export type StoreDeps = AnnouncedChangeDeps & { storeSilently: StoreSilently }

/** New tokens for a claim, sealed, and what follows from them. */
export interface Refreshed extends SilentlyStored {
  scopes: string[]
}

export function refreshedOf(
  claim: Claim,
  connector: Connector,
  { expiresInSeconds, scope, metadata }: Tokens,
  sealed: Uint8Array<ArrayBuffer>,
  checkEveryMs: number,
): Refreshed {
  const expiresInMs = expiresInSeconds === null ? null : expiresInSeconds * 1000
  return {
    sealed,
    expiresInMs,
    refreshInMs: refreshInMs(expiresInMs, Math.random()),
    checkInMs: nextCheckInMs(connector.provider, checkEveryMs, Math.random()),
    scopes: grantedScopes(connector.provider, scope, claim.grantedScopes),
    metadata,
  }
}

/**
 * Writes refreshed tokens if the ones they replace are still there. Fenced by their version, not by the lease.
 * @param again whether an earlier try may have been committed without a confirmation
 * @returns false if the connection is gone or has newer tokens; the new ones are then scheduled for revocation
 */
export async function storeRefreshed(
  deps: StoreDeps,
  claim: Claim,
  refreshed: Refreshed,
  again: boolean,
): Promise<boolean> {
  if (sameScopes(claim.grantedScopes, refreshed.scopes) && (await deps.storeSilently(claim, refreshed))) return true
  if (again && (await isStored(deps, claim, refreshed))) return true
  if (await storeWithRevision(deps, claim, refreshed)) return true
  const { id, userId, organization, connectorSlug, accountId } = claim
  await scheduleRevocation(deps.db, {
    organization,
    userId,
    recordId: id,
    connectorSlug,
    accountId,
    sealed: refreshed.sealed,
  })
  return false
}

/**
 * The refresh changes what views show: other scopes were granted, or the connection had been given up because Patchbay
 * itself had used its refresh token before. The app is asked immediately whether it accepts these late tokens.
 */
async function storeWithRevision(
  deps: AnnouncedChangeDeps,
  { id, userId, tokenVersion }: Claim,
  { sealed, expiresInMs, refreshInMs, checkInMs, scopes, metadata }: Refreshed,
): Promise<boolean> {
  const stored = await changeKnownUser(deps, userId, async (tx, change) => {
    const { now } = change
    const before = await tx.connection.findUnique({ where: { id, userId, tokenVersion } })
    if (!before) return null
    const late = before.status !== 'LIVE'
    const connection = await tx.connection.update({
      where: { id },
      data: {
        status: 'LIVE',
        problemCode: null,
        problemSince: null,
        grantedScopes: scopes,
        metadata: { ...(before.metadata as Metadata), ...metadata },
        tokenVersion: tokenVersion + 1,
        accessTokenIssuedAt: now,
        accessTokenExpiresAt: later(now, expiresInMs),
        refreshDueAt: later(now, refreshInMs),
        verifyDueAt: late && checkInMs !== null ? now : later(now, checkInMs),
        refreshAttempts: 0,
        refreshLeaseUntil: null,
        refreshStartedAt: null,
        refreshRefusals: 0,
        refreshRefusedSince: null,
        failureCause: await dbNull(),
        failedAt: null,
      },
    })
    await tx.connectionToken.update({ where: { connectionId: id }, data: { sealed } })
    const { connectorSlug, accountLabel } = connection
    await tx.activity.create({ data: { userId, at: now, kind: 'CONNECTION_REFRESHED', connectorSlug, accountLabel } })
    await announce(tx, deps, change, late ? [connectionEvent('connection.live', connection)] : [])
    return true
  })
  return stored !== null
}

async function isStored({ db }: Pick<Deps, 'db'>, { id }: Claim, { sealed }: Refreshed): Promise<boolean> {
  const token = await db.connectionToken.findUnique({ where: { connectionId: id } })
  return token !== null && Buffer.from(token.sealed).equals(sealed)
}

function sameScopes(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && before.every((scope) => after.includes(scope))
}
