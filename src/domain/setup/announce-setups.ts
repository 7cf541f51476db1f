import type { Catalogue } from '../catalogue/catalogue.js'
import type { Change } from '../change/revision.js'
import type { Tx } from '../db.js'
import type { Deps } from '../deps.js'
import { ALWAYS_ADMITTED } from '../identity/viewer.js'
import { readUserState } from '../view/read-user-state.js'
import type { SetupStatus } from '../view/setup-rules.js'
import type { SetupRow, UserState } from '../view/user-state.js'
import { UserView } from '../view/user-view.js'
import { recordSetupEvent } from '../webhook/events.js'

/** What a change needs if it may concern host back ends. */
export type AnnouncedChangeDeps = Pick<Deps, 'db' | 'notifier' | 'catalogue'>

/** A setup whose status differs from the last event. */
interface Announcement {
  setup: SetupRow
  status: SetupStatus
}

/**
 * Compares the status of the user's setups with what host back ends were last told, and writes events for the
 * differences in the same transaction. It is the last step of every transaction that changes connections, their use or
 * setups.
 *
 * If the catalogue of this snapshot isn't in memory, it marks the setups and leaves them to announceByCatalogue.
 * Another instance may have announced them with this very catalogue before.
 */
export async function announceSetups(tx: Tx, deps: Pick<Deps, 'catalogue'>, change: Change): Promise<void> {
  const state = await readUserState(tx, { userId: change.userId, issuedAt: ALWAYS_ADMITTED, session: null })
  const catalogue = deps.catalogue.present(state.catalogueRevision)
  if (catalogue) await announce(tx, change, catalogue, state)
  else await tx.setup.updateMany({ where: { userId: change.userId }, data: { announcedRevision: 0 } })
}

async function announce(tx: Tx, change: Change, catalogue: Catalogue, state: UserState): Promise<void> {
  for (const { setup, status } of unannounced(catalogue, state)) {
    if (status !== 'IN_PROGRESS' && status !== setup.announcedStatus) {
      await recordSetupEvent(tx, change, { id: setup.id, pluginSlug: setup.pluginSlug, status })
    }
    await tx.setup.update({
      where: { id: setup.id },
      data: { announcedStatus: status, announcedRevision: catalogue.revision },
    })
  }
}

/** An open authorization hides a step's problem only for as long as it lasts, so it is ignored here. */
export function unannounced(catalogue: Catalogue, state: UserState): Announcement[] {
  const settled = new UserView(catalogue, { ...state, authorizations: [] })
  return settled.state.setups
    .map((setup) => ({ setup, status: settled.progress(setup).status }))
    .filter(({ setup, status }) => status !== setup.announcedStatus || setup.announcedRevision !== catalogue.revision)
}

const BATCH = 50

/**
 * Announces how a changed catalogue affected setups. Also announces the setups that changes of their user left to it,
 * because they were last announced with an older catalogue.
 * @returns the number of users checked
 */
export async function announceByCatalogue(deps: Pick<Deps, 'db' | 'catalogue'>): Promise<number> {
  let looked = 0
  for (;;) {
    const { found, announced } = await announceBatch(deps)
    looked += found
    // What can't be announced because the catalogue has changed again is left to the next round.
    if (found < BATCH || announced === 0) return looked
  }
}

async function announceBatch({ db, ...deps }: Pick<Deps, 'db' | 'catalogue'>) {
  const catalogue = await deps.catalogue.current()
  const due = await db.$queryRaw<{ userId: string }[]>`
    SELECT DISTINCT "userId" FROM "Setup" WHERE "announcedRevision" < ${catalogue.revision} LIMIT ${BATCH}`
  let announced = 0
  for (const { userId } of due) {
    await db.$transaction(async (tx) => {
      // No view shows what was announced, so the revision doesn't change. The lock on the user's row orders the events.
      const [user] = await tx.$queryRaw<{ revision: number; now: Date }[]>`
        SELECT revision, now() AS now FROM "User" WHERE id = ${userId}::uuid FOR UPDATE`
      if (!user) return
      const state = await readUserState(tx, { userId, issuedAt: ALWAYS_ADMITTED, session: null })
      if (state.catalogueRevision !== catalogue.revision) return
      await announce(tx, { userId, ...user }, catalogue, state)
      announced++
    })
  }
  return { found: due.length, announced }
}
