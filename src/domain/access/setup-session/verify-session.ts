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

/** Compared if there is nothing else to compare with, so that it takes the same time. */
const NOTHING = hashSecret('')

/**
 * Returns the user and the setup of a setup session's token, or null if the token isn't valid for any reason. Every
 * later read and change checks again that the session hasn't ended.
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
    // By this process's clock, because timers run on it. Whether the session has ended is up to the database.
    expiresAt: new Date(Date.now() + row.secondsLeft * 1000),
  }
}
