import { sqlOn, type Tx } from '../db.js'
import { NotAdmittedError } from '../errors.js'
import type { Viewer } from '../identity/viewer.js'
import { statement } from '../ports/sql.js'

/** The user whose view a committed transaction changed. The notifier announces it. */
export interface Change {
  userId: string
  revision: number
  /** The transaction's time by the database's clock. Every time that it writes is this one. */
  now: Date
}

/**
 * Raises the user's revision, and creates the user at the first write. It is the first statement of every transaction
 * that changes what the user sees, because its row lock makes revisions follow the order of commits.
 * @throws NotAdmittedError if the user was erased after the viewer's token was issued, or if the session has ended
 */
export async function raiseRevision(tx: Tx, viewer: Viewer): Promise<Change> {
  const { userId, issuer, subject, organization, issuedAt, session } = viewer
  const [row] = await tx.$queryRaw<{ revision: number; now: Date }[]>`
    INSERT INTO "User" (id, issuer, subject, organization, revision, "createdAt")
    VALUES (${userId}::uuid, ${issuer}, ${subject}, ${organization.id}, 1, now())
    ON CONFLICT (id) DO UPDATE SET
      revision = "User".revision + 1, issuer = excluded.issuer, subject = excluded.subject, organization = excluded.organization
    WHERE ("User"."erasedAt" IS NULL OR "User"."erasedAt" < ${issuedAt}::timestamptz) AND (
      ${session?.id ?? null}::uuid IS NULL
      OR EXISTS (
        SELECT FROM "SetupSession" JOIN "ApiKey" ON "ApiKey".id = "apiKeyId" AND "revokedAt" IS NULL
        WHERE "SetupSession".id = ${session?.id ?? null}::uuid AND "expiresAt" > now()
      )
    )
    RETURNING revision, now() AS now`
  if (!row) throw new NotAdmittedError()
  return { userId, ...row }
}

/**
 * Locks a user's row, so that no one else changes what the user sees before the commit. The lock leaves foreign keys
 * alone: activity about the user is still written, and its writers may hold what this transaction needs next.
 */
export const LOCK_USER = statement<[userId: string], { id: string }>(
  'lock-user',
  'SELECT id FROM "User" WHERE id = $1::uuid FOR NO KEY UPDATE',
)

const RAISE_REVISION_OF = statement<[userId: string], { revision: number; now: Date }>(
  'raise-revision-of',
  'UPDATE "User" SET revision = revision + 1 WHERE id = $1::uuid RETURNING revision, now() AS now',
)

/** The same for the server's own changes to an existing user. Returns null if the user was deleted in the meantime. */
export async function raiseRevisionOf(tx: Tx, userId: string): Promise<Change | null> {
  const [row] = await sqlOn(tx).run(RAISE_REVISION_OF, userId)
  return row ? { userId, ...row } : null
}

/** What an operator changes. */
export interface CatalogueSubject {
  pluginSlug?: string | null
  connectorSlug?: string | null
}

/** The number of revisions whose changes are kept. An instance that is further behind reloads everything. */
const KEPT_CHANGES = 1_000

const RAISE_CATALOGUE_REVISION = statement<
  [pluginSlug: string | null, connectorSlug: string | null],
  { revision: number; now: Date }
>(
  'raise-catalogue-revision',
  `WITH raised AS (
    INSERT INTO "Catalogue" (id, revision) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET revision = "Catalogue".revision + 1
    RETURNING revision
  ), noted AS (
    INSERT INTO "CatalogueChange" (revision, "pluginSlug", "connectorSlug") SELECT revision, $1, $2 FROM raised
    ON CONFLICT (revision) DO UPDATE SET
      id = excluded.id, "pluginSlug" = excluded."pluginSlug", "connectorSlug" = excluded."connectorSlug"
  ), pruned AS (
    DELETE FROM "CatalogueChange" USING raised WHERE "CatalogueChange".revision <= raised.revision - ${KEPT_CHANGES}
  )
  SELECT revision, now() AS now FROM raised`,
)

/** Raises the catalogue's revision and notes what changes. It is the first statement of every operator transaction. */
export async function raiseCatalogueRevision(
  tx: Tx,
  { pluginSlug = null, connectorSlug = null }: CatalogueSubject,
): Promise<{ revision: number; now: Date }> {
  const [row] = await sqlOn(tx).run(RAISE_CATALOGUE_REVISION, pluginSlug, connectorSlug)
  if (!row) throw new Error('raising the catalogue revision returned no row')
  return row
}

/** Takes the lock that orders operator transactions, for one that may turn out to change nothing. */
export async function lockCatalogue(tx: Tx): Promise<void> {
  await tx.$executeRaw`INSERT INTO "Catalogue" (id, revision) VALUES (1, 0) ON CONFLICT (id) DO NOTHING`
  await tx.$queryRaw`SELECT revision FROM "Catalogue" WHERE id = 1 FOR UPDATE`
}
