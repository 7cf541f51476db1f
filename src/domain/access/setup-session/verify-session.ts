import type { Deps } from '../../deps.js'
import { hashSecret, matchesHash } from '../../hashed-secret.js'
import type { Viewer } from '../../identity/viewer.js'
import { parseSessionToken } from './session-token.js'

interface Row {
  id: string | null
  setupId: string
  secretHash: Uint8Array | null
  userName: string | null
  organizationName: string | null
  createdAt: Date
  secondsLeft: number
  userId: string
  issuer: string
  subject: string
  organization: string
}

/** Compared with where there is nothing to compare with, so that it takes as long. */
const NOTHING = hashSecret('')

/**
 * The user whom a setup session's token stands for, for that one setup; null when the token is worth nothing, whatever
 * the reason. That it still is, every read and every change of what the user has finds out again.
 */
export async function verifySession({ db }: Pick<Deps, 'db'>, text: string): Promise<Viewer | null> {
  const parsed = parseSessionToken(text)
  if (!parsed) return null
  const [row] = await db.$queryRaw<Row[]>`
    SELECT session.id, session."setupId", session."secretHash", session."userName", session."organizationName",
           session."createdAt", extract(epoch FROM session."expiresAt" - now())::double precision AS "secondsLeft",
           u.id AS "userId", u.issuer, u.subject, u.organization
    FROM (SELECT 1) AS one LEFT JOIN (
      "SetupSession" session JOIN "User" u ON u.id = session."userId"
      JOIN "ApiKey" key ON key.id = session."apiKeyId" AND key."revokedAt" IS NULL
    ) ON session.id = ${parsed.id}::uuid AND session."expiresAt" > now()`
  const matches = matchesHash(parsed.secret, row?.secretHash ?? NOTHING)
  if (!row?.id || !matches) return null
  return {
    userId: row.userId,
    issuer: row.issuer,
    subject: row.subject,
    name: row.userName,
    organization: { id: row.organization, name: row.organizationName },
    isOperator: false,
    issuedAt: row.createdAt,
    session: { id: row.id, setupId: row.setupId },
    // By this process' clock, to which timers run; the end itself is the database's to decide.
    expiresAt: new Date(Date.now() + row.secondsLeft * 1000),
  }
}
