import { type Sql, statement } from '../ports/sql.js'

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
 * Records issued tokens in the activity. Those that arrive in one turn of the event loop, or while a batch is being
 * written, share a statement. Resolves once the row is stored, so that users can see every token that was issued.
 */
export function createIssueRecorder(sql: Sql): RecordIssue {
  let waiting: { issue: TokenIssue; resolve: (written: boolean) => void; reject: (error: unknown) => void }[] = []
  let writing = false

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_BATCH)
      waiting = waiting.slice(MAX_BATCH)
      try {
        const written = await write(
          sql,
          batch.map(({ issue }) => issue),
        )
        for (const [place, { resolve }] of batch.entries()) resolve(written.has(place))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    writing = false
  }

  return (issue) =>
    new Promise((resolve, reject) => {
      waiting.push({ issue, resolve, reject })
      if (writing) return
      writing = true
      setImmediate(writeAll)
    })
}

/**
 * The connection is locked only against its removal, so that its activity is written before that and deleted with an
 * erased user. No one waits for a removal in progress.
 */
const RECORD_ISSUES = statement<[issues: string], { place: number }>(
  'record-issues',
  `WITH present AS (
    SELECT issue.* FROM json_to_recordset($1::json) AS issue(
      place int, "userId" uuid, "connectionId" uuid, "connectorSlug" text, "accountLabel" text, "apiKeyName" text,
      "skillSlug" text
    )
    JOIN "Connection" c ON c.id = issue."connectionId"
    FOR KEY SHARE OF c SKIP LOCKED
  ), written AS (
    INSERT INTO "Activity" ("userId", at, kind, "connectorSlug", "accountLabel", "apiKeyName", "skillSlug")
    SELECT "userId", now(), 'TOKEN_ISSUED', "connectorSlug", "accountLabel", "apiKeyName", "skillSlug" FROM present
  )
  SELECT place FROM present`,
)

/** @returns the indexes of those that were written */
async function write(sql: Sql, issues: readonly TokenIssue[]): Promise<ReadonlySet<number>> {
  const placed = issues.map((issue, place) => ({ place, ...issue }))
  const written = await sql.run(RECORD_ISSUES, JSON.stringify(placed))
  return new Set(written.map(({ place }) => place))
}
