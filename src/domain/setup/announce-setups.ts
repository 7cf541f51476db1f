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

/** What a change takes that host back ends may have to be told of. */
export type AnnouncedChangeDeps = Pick<Deps, 'db' | 'notifier' | 'catalogue'>

/** A setup that stands otherwise than was announced. */
interface Announcement {
  setup: SetupRow
  status: SetupStatus
}

/**
 * Compares how the user's setups stand with what host back ends were told, and writes the difference into the
 * transaction that made it: the last step of every one that changes connections, their use or setups.
 *
 * When the catalogue of this snapshot is not at hand it leaves that to announceByCatalogue, for which it marks these
 * setups: another instance may have announced them by this very catalogue before.
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

/** An authorization under way hides what is wrong with a step only for as long as it lasts, so it counts for nothing here. */
export function unannounced(catalogue: Catalogue, state: UserState): Announcement[] {
  const settled = new UserView(catalogue, { ...state, authorizations: [] })
  return settled.state.setups
    .map((setup) => ({ setup, status: settled.progress(setup).status }))
    .filter(({ setup, status }) => status !== setup.announcedStatus || setup.announcedRevision !== catalogue.revision)
}

const BATCH = 50

/**
 * Announces what a change of the catalogue did to setups, and what was left to it: setups whose announcement is of an
 * older one.
 * @returns how many users were looked at
 */
export async function announceByCatalogue(deps: Pick<Deps, 'db' | 'catalogue'>): Promise<number> {
  let looked = 0
  for (;;) {
    const { found, announced } = await announceBatch(deps)
    looked += found
    // What could not be announced, because the catalogue has changed again, is left to the next round.
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
      // No view shows what was announced, so the revision stays; its row is locked for the order of events.
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
