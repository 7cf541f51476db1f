import { type Change, LOCK_USER } from '../change/revision.js'
import { sqlOn, type Tx } from '../db.js'
import type { Deps } from '../deps.js'
import { statement } from '../ports/sql.js'
import { insertDeliveriesSql, type WebhookEvent } from '../webhook/events.js'
import { announcementsOf, readAnnouncedState, updateAnnouncedSql } from './announcements.js'

/** What a change needs if it may concern host back ends. */
export type AnnouncedChangeDeps = Pick<Deps, 'db' | 'notifier' | 'catalogue'>

const ANNOUNCE = statement<[userId: string, setups: string, events: string], never>(
  'announce',
  `WITH announced AS (${updateAnnouncedSql('$2::json')}) ${insertDeliveriesSql('$1::uuid', '$3::json')}`,
)

/**
 * Writes what host back ends are told about a change: the given events, and an event for each setup whose status differs
 * from what they were last told. It is the last step of every transaction that changes connections, their use or setups.
 */
export async function announce(
  tx: Tx,
  deps: Pick<Deps, 'catalogue'>,
  { userId }: Change,
  events: readonly WebhookEvent[] = [],
): Promise<void> {
  const sql = sqlOn(tx)
  const state = await readAnnouncedState(sql, userId)
  const found = announcementsOf(deps.catalogue.present(state.catalogueRevision), state)
  const told = [...events, ...found.events]
  if (found.setups.length === 0 && told.length === 0) return
  await sql.run(ANNOUNCE, userId, JSON.stringify(found.setups), JSON.stringify(told))
}

const BATCH = 50

const WITH_OLDER_CATALOGUE = statement<[revision: number, limit: number], { userId: string }>(
  'setups-to-announce',
  `SELECT DISTINCT "userId" FROM "Setup" WHERE "announcedRevision" < $1::int LIMIT $2::int`,
)

/**
 * Announces how a changed catalogue affected setups. Also announces the setups that changes of their user left to it,
 * because they were last announced with an older catalogue.
 * @returns the number of users checked
 */
export async function announceByCatalogue(deps: Pick<Deps, 'sql' | 'catalogue'>): Promise<number> {
  let looked = 0
  for (;;) {
    const { found, announced } = await announceBatch(deps)
    looked += found
    // What can't be announced because the catalogue has changed again is left to the next round.
    if (found < BATCH || announced === 0) return looked
  }
}

async function announceBatch({ sql, ...deps }: Pick<Deps, 'sql' | 'catalogue'>) {
  const catalogue = await deps.catalogue.current()
  const due = await sql.run(WITH_OLDER_CATALOGUE, catalogue.revision, BATCH)
  let announced = 0
  for (const { userId } of due) {
    await sql.transaction(async (tx) => {
      // No view shows what was announced, so the revision doesn't change. The lock on the user's row orders the events.
      const [[user], state] = await Promise.all([tx.run(LOCK_USER, userId), readAnnouncedState(tx, userId)])
      if (!user || state.catalogueRevision !== catalogue.revision) return
      const { setups, events } = announcementsOf(catalogue, state)
      await tx.commit(ANNOUNCE, userId, JSON.stringify(setups), JSON.stringify(events))
      announced++
    })
  }
  return { found: due.length, announced }
}
