import type { Db } from '../user/revision.js'

/** A token was given to a runtime: what the user's activity tells of it. */
export interface TokenIssue {
  userId: string
  connectorSlug: string
  accountLabel: string | null
  apiKeyName: string
  skillSlug: string | null
}

export type RecordIssue = (issue: TokenIssue) => Promise<void>

const MAX_BATCH = 500

/**
 * Writes issues of tokens into the activity, those that come while one batch is being written in the next. It resolves
 * once the row is there, so that no token leaves which the user could not see to have left.
 */
export function createIssueRecorder(db: Db): RecordIssue {
  let waiting: { issue: TokenIssue; resolve: () => void; reject: (error: unknown) => void }[] = []
  let writing = false

  async function writeAll(): Promise<void> {
    if (writing) return
    writing = true
    try {
      while (waiting.length > 0) {
        const batch = waiting.slice(0, MAX_BATCH)
        waiting = waiting.slice(MAX_BATCH)
        try {
          await write(
            db,
            batch.map(({ issue }) => issue),
          )
          for (const { resolve } of batch) resolve()
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

async function write(db: Db, issues: readonly TokenIssue[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO "Activity" ("userId", at, kind, "connectorSlug", "accountLabel", "apiKeyName", "skillSlug")
    SELECT "userId", now(), 'TOKEN_ISSUED', "connectorSlug", "accountLabel", "apiKeyName", "skillSlug"
    FROM jsonb_to_recordset(${JSON.stringify(issues)}::jsonb)
      AS issue("userId" uuid, "connectorSlug" text, "accountLabel" text, "apiKeyName" text, "skillSlug" text)
    -- Nothing is written of somebody who was erased meanwhile.
    WHERE EXISTS (SELECT FROM "User" WHERE id = "userId" AND subject <> '')`
}
