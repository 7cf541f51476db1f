import type { Db } from '../db.js'

/** An access token that was issued to a runtime, as the user's activity shows it. */
export interface TokenIssue {
  userId: string
  connectionId: string
  connectorSlug: string
  accountLabel: string | null
  apiKeyName: string
  skillSlug: string | null
}

/** @returns false if the connection is gone or being removed, and nothing was written */
export type RecordIssue = (issue: TokenIssue) => Promise<boolean>

const MAX_BATCH = 500

/**
 * Records issued tokens in the activity. Those that arrive while one batch is being written go into the next one.
 * Resolves once the row is stored, so that users can see every token that was issued.
 */
export function createIssueRecorder(db: Db): RecordIssue {
  let waiting: { issue: TokenIssue; resolve: (written: boolean) => void; reject: (error: unknown) => void }[] = []
  let writing = false

  async function writeAll(): Promise<void> {
    if (writing) return
    writing = true
    try {
      while (waiting.length > 0) {
        const batch = waiting.slice(0, MAX_BATCH)
        waiting = waiting.slice(MAX_BATCH)
        try {
          const written = await write(
            db,
            batch.map(({ issue }) => issue),
          )
          for (const [place, { resolve }] of batch.entries()) resolve(written.has(place))
        } catch (error) {
          for (const { reject } of batch) reject(error)
        }
      }
    } finally {
      writing = false
    }
  }

  return (issue) =>
    new Promise((resolve, reject) => {
      waiting.push({ issue, resolve, reject })
      void writeAll()
    })
}

/**
 * The connection is locked only against its removal, so that its activity is written before that and deleted with an
 * erased user. No one waits for a removal in progress.
 * @returns the indexes of those that were written
 */
async function write(db: Db, issues: readonly TokenIssue[]): Promise<ReadonlySet<number>> {
  const placed = issues.map((issue, place) => ({ place, ...issue }))
  const written = await db.$queryRaw<{ place: number }[]>`
    WITH present AS (
      SELECT issue.* FROM jsonb_to_recordset(${JSON.stringify(placed)}::jsonb) AS issue(
        place int, "userId" uuid, "connectionId" uuid, "connectorSlug" text, "accountLabel" text, "apiKeyName" text, "skillSlug" text
      )
      JOIN "Connection" c ON c.id = issue."connectionId"
      FOR KEY SHARE OF c SKIP LOCKED
    ), written AS (
      INSERT INTO "Activity" ("userId", at, kind, "connectorSlug", "accountLabel", "apiKeyName", "skillSlug")
      SELECT "userId", now(), 'TOKEN_ISSUED', "connectorSlug", "accountLabel", "apiKeyName", "skillSlug" FROM present
    )
    SELECT place FROM present`
  return new Set(written.map(({ place }) => place))
}
