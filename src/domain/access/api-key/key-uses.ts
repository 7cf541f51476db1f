import type { Deps } from '../../deps.js'
import { statement } from '../../ports/sql.js'

/** How long a use may wait before it is stored. The stored time is therefore accurate to a minute. */
const INTERVAL_MS = 30_000

// Ages instead of times, because only the database's clock is the same for all instances. Sorted, so that instances that
// do this at the same time lock rows in the same order.
const RECORD = statement<[uses: string], never>(
  'record-uses-of-keys',
  `WITH used AS (
     SELECT key.id, use.age FROM "ApiKey" key
     JOIN json_to_recordset($1::json) AS use(id text, age double precision) ON use.id = key.id
     ORDER BY key.id FOR NO KEY UPDATE OF key
   )
   UPDATE "ApiKey" SET "lastUsedAt" = GREATEST("lastUsedAt", now() - make_interval(secs => used.age))
   FROM used WHERE "ApiKey".id = used.id`,
)

/**
 * Remembers which keys were used and stores it now and then, so that no request waits for it or fails because of it.
 */
export interface KeyUses {
  /** Never throws and never waits. */
  note(keyId: string): void
  /** Stores what was remembered, every half minute. */
  recordDue(): Promise<void>
  /** Stores what was remembered, now. */
  record(): Promise<void>
}

export function createKeyUses({ sql }: Pick<Deps, 'sql'>): KeyUses {
  /** When each key was last used, by this process's own clock. */
  let uses = new Map<string, number>()
  let recordedAt = performance.now()

  async function record(): Promise<void> {
    recordedAt = performance.now()
    if (uses.size === 0) return
    const recorded = uses
    uses = new Map()
    const used = Array.from(recorded, ([id, at]) => ({ id, age: (performance.now() - at) / 1000 }))
    try {
      await sql.run(RECORD, JSON.stringify(used))
    } catch (error) {
      uses = new Map([...recorded, ...uses])
      throw error
    }
  }

  return {
    note: (keyId) => void uses.set(keyId, performance.now()),
    record,
    async recordDue() {
      if (performance.now() - recordedAt >= INTERVAL_MS) await record()
    },
  }
}
