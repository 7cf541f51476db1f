import type { Viewer } from '../identity/viewer.js'
import { type Sql, statement } from '../ports/sql.js'
import { authorizationsSql, bindingsSql, connectionsSql, setupsSql, skillCopiesSql } from './state-sql.js'

/** Whose state to read. */
export interface StateRequest extends Pick<Viewer, 'userId' | 'issuedAt' | 'session'> {
  /** Authorizations to include even if they are no longer of interest. */
  authorizationIds: readonly string[]
  /** The version of the state that the reader has. */
  known: string | null
}

export interface StateAnswer {
  /** False if the user was erased after the viewer's token was issued, or if the session has ended. */
  admitted: boolean
  /** The user's own counter, or 0 if the user is unknown. */
  revision: number
  catalogueRevision: number
  /**
   * Changes with every change of the state. The revision alone would not, if the database was restored to an older
   * backup and has since moved on.
   */
  version: string
  /** The state as JSON, as parseState reads it. Null if the reader knows it. */
  state: string | null
}

/**
 * For each request: whether the viewer is still admitted, the revisions, and everything that the user's views show if
 * the reader doesn't have it already. It is one statement, so each state is from one snapshot.
 */
const READ_STATES = statement<[requests: string], StateAnswer & { index: number }>(
  'read-states',
  `SELECT
    asked.index,
    (
      ("User"."erasedAt" IS NULL OR "User"."erasedAt" < asked."issuedAt")
      AND (asked."sessionId" IS NULL OR EXISTS (
        SELECT FROM "SetupSession" JOIN "ApiKey" ON "ApiKey".id = "apiKeyId" AND "revokedAt" IS NULL
        WHERE "SetupSession".id = asked."sessionId" AND "expiresAt" > now()
      ))
    ) IS TRUE AS admitted,
    COALESCE("User".revision, 0) AS revision,
    COALESCE((SELECT revision FROM "Catalogue" WHERE id = 1), 0) AS "catalogueRevision",
    COALESCE("User".version, '') AS version,
    CASE WHEN COALESCE("User".version, '') IS DISTINCT FROM asked.known THEN json_build_object(
      'setups', ${setupsSql('asked."userId"')},
      'bindings', ${bindingsSql('asked."userId"')},
      'connections', ${connectionsSql('asked."userId"')},
      'authorizations', ${authorizationsSql('asked."userId"', 'asked."authorizationIds"')},
      'skillCopies', ${skillCopiesSql('asked."userId"')}
    )::text END AS state
  FROM (
    SELECT index, "userId", to_timestamp("issuedAtSeconds") AS "issuedAt", "sessionId", "authorizationIds", known
    FROM json_to_recordset($1::json) AS requests(
      index int, "userId" uuid, "issuedAtSeconds" double precision, "sessionId" uuid, "authorizationIds" uuid[], known text
    )
  ) asked
  LEFT JOIN LATERAL (
    SELECT revision, "erasedAt", revision || ' ' || xmin AS version FROM "User" WHERE id = asked."userId" OFFSET 0
  ) "User" ON true`,
)

/** Reads the states of several viewers at one moment, in one statement. The answers have the requests' order. */
export async function readStates(sql: Sql, requests: readonly StateRequest[]): Promise<StateAnswer[]> {
  const asked = requests.map(({ userId, issuedAt, session, authorizationIds, known }, index) => ({
    index,
    userId,
    issuedAtSeconds: issuedAt && secondsOf(issuedAt),
    sessionId: session?.id,
    authorizationIds,
    known,
  }))
  const rows = await sql.run(READ_STATES, JSON.stringify(asked))
  const answers: StateAnswer[] = []
  for (const { index, ...answer } of rows) answers[index] = answer
  if (rows.length !== requests.length) throw new Error('reading states returned another number of rows')
  return answers
}

/** A host may issue tokens with any date. PostgreSQL refuses those before its calendar, and along with it everyone's. */
function secondsOf(issuedAt: Date): number {
  return Math.max(0, issuedAt.getTime() / 1000)
}
