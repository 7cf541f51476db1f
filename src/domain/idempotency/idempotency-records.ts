import { randomUUID } from 'node:crypto'
import { DAY_MS } from '../formats.js'
import { type Sql, statement } from '../ports/sql.js'

/** How long a key is remembered. */
export const KEPT_MS = DAY_MS
/**
 * Longer than mutations take, unless an issuer's metadata arrives slowly. If an instance dies, its keys can be used again
 * after this time. If it is only slow and the request is repeated, the repeated one takes effect.
 */
const LEASE_SECONDS = 30
/** How many keys of one caller are remembered. They are counted for each new one, which takes up to a few milliseconds. */
export const MAX_KEYS = 10_000
/** The key may be released, expire and be claimed by others in between. */
const MAX_TRIES = 3

/** A request with an Idempotency-Key. */
export interface KeyRequest {
  /** SHA-256 of the caller and the key. */
  recordId: string
  callerId: string
  /** The user who calls, or null if an API key does. */
  userId: string | null
  fingerprint: string
}

/** What is known of a key. */
export type KeyState =
  /** It is new, or nothing that it was used for took effect. Only the caller of `claimKey` may carry out the operation. */
  | { kind: 'claimed'; attemptId: string }
  | { kind: 'answered'; answer: string }
  | { kind: 'shown-once'; createdId: string | null }
  /** The operation took effect, and its result isn't known. */
  | { kind: 'not-kept'; createdId: string }
  | { kind: 'in-use' }
  /** It was used for another operation. */
  | { kind: 'reused' }
  /** The caller has too many keys. */
  | { kind: 'too-many'; retryInMs: number }

/** The comparison with what was created comes last: it waits for a transaction in progress, and sees what it wrote. */
const CLAIM = statement<
  [recordId: string, callerId: string, userId: string | null, fingerprint: string, attemptId: string],
  { attemptId: string }
>(
  'claim-idempotency-key',
  `INSERT INTO "IdempotencyRecord" AS record
    (id, "callerId", "userId", fingerprint, "attemptId", "leaseUntil", "createdAt", "expiresAt")
  SELECT $1::text, $2::text, $3::uuid, $4::text, $5::uuid, now() + interval '${LEASE_SECONDS} seconds', now(),
    now() + interval '${KEPT_MS / 1_000} seconds'
  WHERE EXISTS (SELECT FROM "IdempotencyRecord" WHERE id = $1::text)
    OR (SELECT count(*) FROM (SELECT FROM "IdempotencyRecord" WHERE "callerId" = $2::text LIMIT ${MAX_KEYS}) present) < ${MAX_KEYS}
  ON CONFLICT (id) DO UPDATE SET
    "userId" = excluded."userId", fingerprint = excluded.fingerprint, "attemptId" = excluded."attemptId",
    "leaseUntil" = excluded."leaseUntil", "createdAt" = excluded."createdAt", "expiresAt" = excluded."expiresAt",
    "createdId" = NULL, answer = NULL, "shownOnce" = false
  WHERE record."expiresAt" <= now() OR (
    record.fingerprint = excluded.fingerprint AND record."leaseUntil" <= now() AND record.answer IS NULL
    AND NOT record."shownOnce" AND record."createdId" IS NULL
  )
  RETURNING "attemptId"`,
)

interface Found {
  isSame: boolean
  createdId: string | null
  answer: string | null
  shownOnce: boolean
  isLeased: boolean
}

const READ = statement<[recordId: string, fingerprint: string], Found>(
  'read-idempotency-key',
  `SELECT fingerprint = $2 AS "isSame", "createdId", answer, "shownOnce", "leaseUntil" > now() AS "isLeased"
  FROM "IdempotencyRecord" WHERE id = $1 AND "expiresAt" > now()`,
)

const NEXT_EXPIRY = statement<[callerId: string], { ms: number | null }>(
  'next-idempotency-expiry',
  `SELECT (EXTRACT(EPOCH FROM min("expiresAt") - now()) * 1000)::double precision AS ms
  FROM "IdempotencyRecord" WHERE "callerId" = $1`,
)

/** Claims a key for one execution, or returns what became of the first one. The database decides, for all instances. */
export async function claimKey(sql: Sql, request: KeyRequest): Promise<KeyState> {
  const { recordId, callerId, userId, fingerprint } = request
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const [claimed] = await sql.run(CLAIM, recordId, callerId, userId, fingerprint, randomUUID())
    if (claimed) return { kind: 'claimed', attemptId: claimed.attemptId }
    const [found] = await sql.run(READ, recordId, fingerprint)
    if (found) return stateOf(found)
  }
  const [next] = await sql.run(NEXT_EXPIRY, callerId)
  return { kind: 'too-many', retryInMs: Math.max(1_000, next?.ms ?? 0) }
}

/** Returns what a key that can't be claimed means for the request. */
export function stateOf({ isSame, createdId, answer, shownOnce, isLeased }: Found): KeyState {
  if (!isSame) return { kind: 'reused' }
  if (answer !== null) return { kind: 'answered', answer }
  if (shownOnce) return { kind: 'shown-once', createdId }
  if (createdId !== null && !isLeased) return { kind: 'not-kept', createdId }
  return { kind: 'in-use' }
}

/** Erasing a user doesn't wait for results that are on their way. */
const KEEP = statement<[recordId: string, attemptId: string, answer: string | null], never>(
  'keep-idempotent-answer',
  `UPDATE "IdempotencyRecord" record SET "leaseUntil" = now(), "shownOnce" = $3::text IS NULL, answer = CASE WHEN NOT EXISTS (
    SELECT FROM "User" WHERE id = record."userId" AND "erasedAt" >= record."createdAt"
  ) THEN $3::text END
  WHERE id = $1 AND "attemptId" = $2::uuid`,
)

/**
 * Keeps the result of an execution, so that repeating the request returns it.
 * @param answer null if it has a secret that is shown only once
 */
export async function keepAnswer(sql: Sql, recordId: string, attemptId: string, answer: string | null): Promise<void> {
  await sql.run(KEEP, recordId, attemptId, answer)
}

const RELEASE = statement<[recordId: string, attemptId: string], never>(
  'release-idempotency-key',
  `WITH unused AS (
    DELETE FROM "IdempotencyRecord" WHERE id = $1 AND "attemptId" = $2::uuid AND "createdId" IS NULL
  )
  UPDATE "IdempotencyRecord" SET "leaseUntil" = now()
  WHERE id = $1 AND "attemptId" = $2::uuid AND "createdId" IS NOT NULL`,
)

/** Ends an execution whose result isn't kept. If nothing took effect, the key can be used again right away. */
export async function releaseKey(sql: Sql, recordId: string, attemptId: string): Promise<void> {
  await sql.run(RELEASE, recordId, attemptId)
}
