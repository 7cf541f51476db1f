import { type SqlDatabase, statement } from '../../ports/sql.js'

/** The largest number of refreshes at one provider at the same time, over all instances. */
export const AT_A_TIME = 10
/** Enough for reading, ten seconds at the app and storing, with some to spare. */
const LEASE_SECONDS = 30
/** As long as a token has more time left than this, it is served and an interrupted refresh is left alone. */
export const SHORT_SECONDS = 60

/** One claimed refresh, and everything needed to carry it out. */
export interface Claim {
  id: string
  userId: string
  organization: string
  connectorSlug: string
  accountId: string | null
  accountLabel: string | null
  grantedScopes: string[]
  tokenVersion: number
  refreshAttempts: number
  sealed: Uint8Array<ArrayBuffer>
  /** The connector's client credentials, or null if it has none. */
  sealedCredentials: Uint8Array<ArrayBuffer> | null
  catalogueRevision: number
  leaseUntil: Date
  /** An earlier refresh of these tokens got no response, so the app may have replaced them. */
  interrupted: boolean
  /** When it was claimed, in milliseconds by the monotonic clock. */
  takenAtMs: number
}

/** Which refreshes to claim. */
export type Wanted =
  | { due: true; limit: number }
  /** Only this connection, if these are its tokens and the pause after a failure is over. */
  | { due: false; connectionId: string; tokenVersion: number; neededSeconds: number }

type Row = Omit<Claim, 'takenAtMs'>

const LOCK_PROVIDER = statement<[provider: string], { locked: number }>(
  'lock-provider',
  `SELECT 1 AS locked FROM pg_advisory_xact_lock(hashtextextended('refresh ' || $1, 0))`,
)

const CLAIM_DUE = statement<[provider: string, answered: string, limit: number], Row>(
  'claim-due-refreshes',
  claimSql(`c."refreshDueAt" <= statement_timestamp()`, { limit: '$3::int', neededSeconds: String(SHORT_SECONDS) }),
)

const CLAIM_ONE = statement<
  [provider: string, answered: string, connectionId: string, tokenVersion: number, neededSeconds: number],
  Row
>(
  'claim-refresh',
  claimSql(
    `c.id = $3::uuid AND c."tokenVersion" = $4::int
      AND (c."refreshAttempts" = 0 OR c."refreshDueAt" IS NULL OR c."refreshDueAt" <= statement_timestamp())`,
    { limit: '1', neededSeconds: '$5::double precision' },
  ),
)

/**
 * Claims of one provider take turns through a lock, so that all instances together respect the limit. Times are those of
 * the statement: the transaction may have waited long for its turn, and an index can't be searched by a clock that moves
 * on.
 *
 * If a lease has run out, its instance stopped midway and may still continue. The refresh token may be used up by then,
 * and using it again would end the grant. So the lease is taken over only when the access token is about to expire.
 *
 * The planner has to search by time and stop after a few rows, also without statistics and if most connections are due.
 * So CASE hides the other conditions, which it would answer from other indexes or think rarer than they are. And the
 * limit is constant, because it takes any other for a tenth of the rows.
 */
function claimSql(which: string, { limit, neededSeconds }: { limit: string; neededSeconds: string }): string {
  const ofProvider = `(SELECT "providerKey" FROM "Connector" WHERE slug = c."connectorSlug") = $1`
  return `WITH claimable AS (
    SELECT c.id, c."refreshStartedAt" IS NOT NULL AS interrupted
    FROM "Connection" c
    WHERE ${which} AND CASE WHEN ${ofProvider} AND c.status = 'LIVE' AND c.refreshable AND (
        c."refreshLeaseUntil" IS NULL
        OR c."refreshLeaseUntil" <= statement_timestamp() AND (
          c."accessTokenExpiresAt" IS NULL
          OR c."accessTokenExpiresAt" <= statement_timestamp() + make_interval(secs => ${neededSeconds})
        )
      ) THEN true ELSE false END
      AND NOT EXISTS (SELECT FROM "ProviderPause" WHERE provider = $1 AND until > statement_timestamp())
    ORDER BY c."refreshDueAt"
    LIMIT ${AT_A_TIME}
    FOR NO KEY UPDATE OF c SKIP LOCKED
  ), claimed AS (
    SELECT * FROM claimable LIMIT GREATEST(0, LEAST(${limit}, ${AT_A_TIME} - (
      SELECT count(*) FROM "Connection" c
      WHERE c."refreshLeaseUntil" > statement_timestamp() AND ${ofProvider} AND (c.id, c."refreshLeaseUntil") NOT IN (
        SELECT id, "leaseUntil" FROM json_to_recordset($2::json) AS answered(id uuid, "leaseUntil" timestamptz)
      )
    )))
  )
  UPDATE "Connection" c SET
    "refreshLeaseUntil" = statement_timestamp() + make_interval(secs => ${LEASE_SECONDS}),
    "refreshStartedAt" = statement_timestamp()
  FROM claimed, "User" u, "ConnectionToken" t
  WHERE c.id = claimed.id AND u.id = c."userId" AND t."connectionId" = c.id
  RETURNING c.id, c."userId", u.organization, c."connectorSlug", c."accountId", c."accountLabel", c."grantedScopes",
    c."tokenVersion", c."refreshAttempts", t.sealed, c."refreshLeaseUntil" AS "leaseUntil", claimed.interrupted,
    (SELECT sealed FROM "ConnectorCredential" WHERE "connectorSlug" = c."connectorSlug") AS "sealedCredentials",
    COALESCE((SELECT revision FROM "Catalogue" WHERE id = 1), 0) AS "catalogueRevision"`
}

/**
 * Claims refreshes for this instance alone, as many as the provider's limit allows, in one round trip.
 * @param provider the connectors' `providerKey`, here and in the other statements about refreshes
 * @param answered claims of this instance whose requests have ended, so that they don't count toward the limit
 */
export async function claimRefreshes(
  sql: SqlDatabase,
  provider: string,
  answered: Iterable<Claim>,
  wanted: Wanted,
): Promise<Claim[]> {
  const ended = JSON.stringify(Array.from(answered, ({ id, leaseUntil }) => ({ id, leaseUntil })))
  const claims = await sql.transaction(async (tx) => {
    const locked = tx.run(LOCK_PROVIDER, provider)
    const claimed = wanted.due
      ? tx.commit(CLAIM_DUE, provider, ended, wanted.limit)
      : tx.commit(
          CLAIM_ONE,
          provider,
          ended,
          wanted.connectionId,
          wanted.tokenVersion,
          Math.max(SHORT_SECONDS, wanted.neededSeconds),
        )
    const [, rows] = await Promise.all([locked, claimed])
    return rows
  })
  const takenAtMs = performance.now()
  return claims.map((claim) => ({ ...claim, takenAtMs }))
}
