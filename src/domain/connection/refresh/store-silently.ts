import DataLoader from 'dataloader'
import type { Metadata } from '../../ports/oauth-client.js'
import { type Sql, statement } from '../../ports/sql.js'
import { AT_A_TIME, type Claim } from './claim-refreshes.js'

/** New tokens, sealed, and how many milliseconds from now they expire and have to be refreshed and checked. */
export interface SilentlyStored {
  sealed: Uint8Array<ArrayBuffer>
  expiresInMs: number | null
  refreshInMs: number | null
  checkInMs: number | null
  /** Values that came with the tokens. Others remain. */
  metadata: Metadata
}

/**
 * Stores refreshed tokens of a connection that stays live. Nothing visible changes, so no revision is raised.
 * @returns false if the connection isn't live with the tokens of the claim
 */
export type StoreSilently = (claim: Pick<Claim, 'id' | 'tokenVersion'>, refreshed: SilentlyStored) => Promise<boolean>

const STORE_TOGETHER = statement<[refreshed: string], { index: number }>(
  'store-refreshes',
  storeSql('FOR NO KEY UPDATE SKIP LOCKED'),
)
const STORE_ONE = statement<[refreshed: string], { index: number }>('store-refresh', storeSql('FOR NO KEY UPDATE'))

/** The limit and IS TRUE make the planner use the index of the ids, also without statistics. */
function storeSql(lock: string): string {
  return `WITH locked AS (
    SELECT refreshed.* FROM (
      SELECT * FROM json_to_recordset($1::json) AS refreshed(
        index int, id uuid, "tokenVersion" int, sealed text, "expiresInMs" double precision,
        "refreshInMs" double precision, "checkInMs" double precision,
        metadata jsonb
      ) LIMIT ${AT_A_TIME}
    ) refreshed
    CROSS JOIN LATERAL (
      SELECT FROM "Connection"
      WHERE id = refreshed.id AND "tokenVersion" = refreshed."tokenVersion" AND status = 'LIVE'
      ${lock}
    ) connection
  ), stored AS (
    UPDATE "Connection" c SET
      "tokenVersion" = c."tokenVersion" + 1,
      "accessTokenIssuedAt" = now(),
      "accessTokenExpiresAt" = now() + make_interval(secs => "expiresInMs" / 1000),
      "refreshDueAt" = now() + make_interval(secs => "refreshInMs" / 1000),
      "verifyDueAt" = now() + make_interval(secs => "checkInMs" / 1000),
      metadata = c.metadata || locked.metadata,
      "refreshAttempts" = 0, "refreshLeaseUntil" = NULL, "refreshStartedAt" = NULL,
      "refreshRefusals" = 0, "refreshRefusedSince" = NULL, "failureCause" = NULL, "failedAt" = NULL
    FROM locked
    WHERE c.id = locked.id AND (c."tokenVersion" = locked."tokenVersion" AND c.status = 'LIVE') IS TRUE
    RETURNING index, c.id, "userId", "connectorSlug", "accountLabel", locked.sealed
  ), token AS (
    UPDATE "ConnectionToken" SET sealed = decode(stored.sealed, 'base64') FROM stored WHERE "connectionId" = stored.id
  ), activity AS (
    INSERT INTO "Activity" ("userId", at, kind, "connectorSlug", "accountLabel")
    SELECT "userId", now(), 'CONNECTION_REFRESHED', "connectorSlug", "accountLabel" FROM stored
  )
  SELECT index FROM stored`
}

interface Request extends SilentlyStored {
  id: string
  tokenVersion: number
}

/**
 * Refreshes that end in one turn of the event loop are stored in one statement. It leaves out connections that someone
 * else has locked, because transactions that wait for each other's rows in different orders would never end. Those are
 * stored one by one, and wait.
 */
export function createStoreSilently(sql: Sql): StoreSilently {
  const loader = new DataLoader<Request, boolean>(storeTogether, {
    cache: false,
    batchScheduleFn: (store) => setImmediate(store),
    maxBatchSize: AT_A_TIME,
  })

  async function storeTogether(requests: readonly Request[]): Promise<boolean[]> {
    const rows = await sql.run(STORE_TOGETHER, asJson(requests))
    const stored = new Set(rows.map(({ index }) => index))
    return requests.map((_, index) => stored.has(index))
  }

  return async ({ id, tokenVersion }, refreshed) => {
    const request = { ...refreshed, id, tokenVersion }
    if (await loader.load(request)) return true
    const rows = await sql.run(STORE_ONE, asJson([request]))
    return rows.length > 0
  }
}

function asJson(requests: readonly Request[]): string {
  return JSON.stringify(
    requests.map(({ sealed, ...request }, index) => ({
      ...request,
      index,
      sealed: Buffer.from(sealed).toString('base64'),
    })),
  )
}
