import type { Revocation } from '../../../generated/prisma/client.js'
import type { Catalogue } from '../../catalogue/catalogue.js'
import { oauthTarget } from '../../credential/client-credentials.js'
import { openTokens, type StoredTokens, sealTokens } from '../../credential/tokens.js'
import type { Deps } from '../../deps.js'
import { jittered } from '../../pause.js'
import { causeOf } from '../../ports/failure-cause.js'
import { OAuthError } from '../../ports/oauth-client.js'
import { statement } from '../../ports/sql.js'
import { VaultError } from '../../ports/vault.js'
import { revokeAtApp } from './revoke-at-app.js'

const BATCH = 10
/** Longer than an app takes to respond three times: to a revocation, a renewal and another revocation. */
const LEASE_SECONDS = 60
const MAX_ATTEMPTS = 12
const BASE_DELAY_MS = 5_000
const MAX_DELAY_MS = 15 * 60_000
const UNTRIED_DELAY_MS = 5 * 60_000

/** For one instance alone. If it dies, they become due again after a while. */
const CLAIM = statement<[leaseSeconds: number, limit: number], { id: string }>(
  'claim-revocations',
  `UPDATE "Revocation" SET "dueAt" = now() + make_interval(secs => $1::int)
   WHERE id IN (
     SELECT id FROM "Revocation" WHERE "dueAt" <= now() ORDER BY "dueAt" LIMIT $2::int FOR UPDATE SKIP LOCKED
   ) RETURNING id`,
)

type RevocationDeps = Pick<Deps, 'db' | 'vault' | 'oauth' | 'settings' | 'telemetry'>

/**
 * Revokes the tokens of deleted connections at the app, and deletes them. If an app gives no clear response, it is asked
 * again after a growing pause. After twelve tries, the tokens are deleted anyway. Tokens that can't be opened because a key
 * or its service is missing wait until it is back. Due revocations are carried out together, so no app waits for
 * another.
 * @returns how many tokens were deleted
 */
export async function carryOutRevocations(deps: RevocationDeps & Pick<Deps, 'sql' | 'catalogue'>): Promise<number> {
  const due = await deps.sql.run(CLAIM, LEASE_SECONDS, BATCH)
  if (due.length === 0) return 0
  const catalogue = await deps.catalogue.current()
  const results = await Promise.allSettled(due.map(({ id }) => carryOutOne(deps, catalogue, id)))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return results.filter((result) => result.status === 'fulfilled' && result.value).length
}

/** @returns whether it was deleted */
async function carryOutOne(deps: RevocationDeps, catalogue: Catalogue, id: string): Promise<boolean> {
  const row = await deps.db.revocation.findUnique({ where: { id } })
  if (!row) return false
  const outcome = await carryOut(deps, catalogue, row)
  const attempts = outcome === 'not-tried' ? row.attempts : row.attempts + 1
  if (outcome === 'done' || attempts >= MAX_ATTEMPTS) {
    await deps.db.revocation.deleteMany({ where: { id } })
    return true
  }
  const delayMs = outcome === 'not-tried' ? UNTRIED_DELAY_MS : BASE_DELAY_MS * 2 ** row.attempts
  const pauseMs = jittered(Math.min(MAX_DELAY_MS, delayMs))
  await deps.db.$executeRaw`
    UPDATE "Revocation" SET attempts = ${attempts}, "dueAt" = now() + make_interval(secs => ${pauseMs / 1000}::double precision)
    WHERE id = ${id}::uuid`
  return false
}

/** @returns whether it is done, failed, or couldn't be tried */
async function carryOut(
  deps: RevocationDeps,
  catalogue: Catalogue,
  row: Revocation,
): Promise<'done' | 'in-vain' | 'not-tried'> {
  const connector = catalogue.connectors.get(row.connectorSlug)
  try {
    const target = connector && (await oauthTarget(deps, connector))
    if (target) {
      await revokeAtApp(deps, target, row, {
        open: () => openTokens(deps.vault, row, row.sealed),
        keep: (renewed) => keepRenewed(deps, row, renewed),
      })
    }
    return 'done'
  } catch (error) {
    if (error instanceof OAuthError) {
      deps.telemetry.revocationFailed(row.connectorSlug, causeOf('REVOCATION', error))
      return error.code === 'APP_REFUSED' ? 'done' : 'in-vain'
    }
    // A missing key must not hold up the other rows.
    if (error instanceof VaultError) return error.retryable ? 'not-tried' : 'in-vain'
    throw error
  }
}

/** Stores them unless the lease has run out and another instance has taken over. */
async function keepRenewed(
  { db, vault }: RevocationDeps,
  { dueAt: leaseUntil, ...row }: Revocation,
  renewed: StoredTokens,
): Promise<void> {
  const sealed = await sealTokens(vault, row, renewed)
  await db.revocation.updateMany({ where: { id: row.id, dueAt: leaseUntil }, data: { sealed } })
}
