import type { Db } from '../../db.js'
import type { ConnectionToCheck } from './check-at-app.js'

/** Returns a live connection with its sealed tokens, by the database's clock. Null if it is gone or not live. */
export async function readConnectionToCheck(db: Db, connectionId: string): Promise<ConnectionToCheck | null> {
  const [connection] = await readConnectionsToCheck(db, [connectionId])
  return connection ?? null
}

/** The same for many connections, in no particular order. */
export function readConnectionsToCheck(
  db: Db,
  connectionIds: readonly string[],
): Promise<(ConnectionToCheck & { connectorSlug: string })[]> {
  return db.$queryRaw`
    SELECT c.id, c."userId", u.organization, c."connectorSlug", c."accountId", c."accountIdFrom", c.metadata, c.refreshable, c."tokenVersion", t.sealed,
      (EXTRACT(EPOCH FROM c."accessTokenExpiresAt" - now()) * 1000)::double precision AS "leftMs"
    FROM "Connection" c JOIN "User" u ON u.id = c."userId" JOIN "ConnectionToken" t ON t."connectionId" = c.id
    WHERE c.id = ANY (${[...connectionIds]}::uuid[]) AND c.status = 'LIVE'`
}
