import type { Revocation } from '../../generated/prisma/client.js'
import { OAuthError } from '../authorization/oauth-client.js'
import { oauthTarget } from '../connector/credentials.js'
import type { Deps } from '../deps.js'
import type { Catalogue } from '../plugin/catalogue.js'
import { VaultError } from '../vault/vault.js'
import { openTokens } from './tokens.js'

const BATCH = 10
/** Longer than a batch takes when no app answers. */
const LEASE_SECONDS = 180
const MAX_ATTEMPTS = 12
const BASE_DELAY_MS = 5_000
const MAX_DELAY_MS = 15 * 60_000

/**
 * Revokes, at the app, the tokens of connections that are gone, and erases them. An app that does not answer is asked
 * again with a growing pause; after twelve times the tokens are erased all the same.
 * @returns how many tokens were erased
 */
export async function carryOutRevocations(
  deps: Pick<Deps, 'db' | 'vault' | 'oauth' | 'publicUrl' | 'readCatalogue'>,
): Promise<number> {
  // Taken by one instance alone; one that dies with them leaves them due again after a while.
  const due = await deps.db.$queryRaw<{ id: string }[]>`
    UPDATE "Revocation" SET "dueAt" = now() + make_interval(secs => ${LEASE_SECONDS}::double precision)
    WHERE id IN (
      SELECT id FROM "Revocation" WHERE "dueAt" <= now() ORDER BY "dueAt" LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
    ) RETURNING id`
  if (due.length === 0) return 0
  const catalogue = await deps.readCatalogue()
  let erased = 0
  for (const { id } of due) {
    const row = await deps.db.revocation.findUnique({ where: { id } })
    if (!row) continue
    const done = await revokeAtApp(deps, catalogue, row)
    if (done || row.attempts + 1 >= MAX_ATTEMPTS) {
      await deps.db.revocation.deleteMany({ where: { id } })
      erased++
    } else {
      const pauseMs = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** row.attempts) * (0.5 + Math.random() / 2)
      await deps.db.$executeRaw`
        UPDATE "Revocation" SET attempts = attempts + 1, "dueAt" = now() + make_interval(secs => ${pauseMs / 1000}::double precision)
        WHERE id = ${id}::uuid`
    }
  }
  return erased
}

/** @returns whether nothing is left to be done at the app */
async function revokeAtApp(
  deps: Pick<Deps, 'db' | 'vault' | 'oauth' | 'publicUrl'>,
  catalogue: Catalogue,
  row: Revocation,
): Promise<boolean> {
  const connector = catalogue.connectors.get(row.connectorSlug)
  const target = connector && (await oauthTarget(deps, connector))
  if (!target || (await wouldEndAnotherConnection(deps, target.provider.revocationEndsGrant, row))) return true
  try {
    await deps.oauth.revoke(target, await openTokens(deps.vault, row, row.sealed))
    return true
  } catch (error) {
    if (error instanceof OAuthError) return error.code !== 'APP_UNAVAILABLE'
    // A key that is not in the ring may come back; the other rows do not wait for it.
    if (error instanceof VaultError) return false
    throw error
  }
}

/** The same client and account may be connected again, or by another user: where one revocation ends it all, it waits. */
async function wouldEndAnotherConnection(
  { db }: Pick<Deps, 'db'>,
  endsGrant: boolean,
  { connectorSlug, accountId }: Revocation,
) {
  if (!endsGrant || accountId === null) return false
  return (await db.connection.count({ where: { connectorSlug, accountId } })) > 0
}
