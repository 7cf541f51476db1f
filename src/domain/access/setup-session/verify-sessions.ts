import type { Deps } from '../../deps.js'
import { hashSecret, matchesHash } from '../../hashed-secret.js'
import type { Viewer } from '../../identity/viewer.js'
import { statement } from '../../ports/sql.js'
import { parseSessionToken } from './session-token.js'

interface Row {
  id: string
  setupId: string
  secretHash: Uint8Array
  userName: string | null
  organizationName: string | null
  createdAt: Date
  secondsLeft: number
  userId: string
  issuer: string
  subject: string
  organization: string
}

const SESSIONS = statement<[ids: string], Row>(
  'setup-sessions',
  `SELECT session.id, session."setupId", session."secretHash", session."userName", session."organizationName",
     session."createdAt", extract(epoch FROM session."expiresAt" - now())::double precision AS "secondsLeft",
     u.id AS "userId", u.issuer, u.subject, u.organization
   FROM "SetupSession" session JOIN "User" u ON u.id = session."userId"
   JOIN "ApiKey" key ON key.id = session."apiKeyId" AND key."revokedAt" IS NULL
   WHERE session.id = ANY (ARRAY(SELECT json_array_elements_text($1::json)::uuid)) AND session."expiresAt" > now()`,
)

/** Compared if there is nothing else to compare with, so that it takes the same time. */
const NOTHING = hashSecret('')

/**
 * Looks up the tokens of setup sessions, in one statement. Every later read and change checks again that the session
 * hasn't ended.
 * @returns the user and the setup of each, in the order of the tokens; null for a token that isn't valid for any reason
 */
export async function verifySessions({ sql }: Pick<Deps, 'sql'>, texts: readonly string[]): Promise<(Viewer | null)[]> {
  const parsed = texts.map(parseSessionToken)
  const ids = parsed.flatMap((token) => token?.id ?? [])
  const rows = ids.length === 0 ? [] : await sql.run(SESSIONS, JSON.stringify(ids))
  const byId = new Map(rows.map((row) => [row.id, row]))
  return parsed.map((token) => token && verified(token.secret, byId.get(token.id)))
}

function verified(secret: string, row: Row | undefined): Viewer | null {
  const matches = matchesHash(secret, row?.secretHash ?? NOTHING)
  if (!row || !matches) return null
  return {
    userId: row.userId,
    issuer: row.issuer,
    subject: row.subject,
    name: row.userName,
    organization: { id: row.organization, name: row.organizationName },
    isOperator: false,
    issuedAt: row.createdAt,
    session: { id: row.id, setupId: row.setupId },
    // By this process's clock, because timers run on it. Whether the session has ended is up to the database.
    expiresAt: new Date(Date.now() + row.secondsLeft * 1000),
  }
}
