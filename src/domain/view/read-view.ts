import type { CatalogueSource } from '../catalogue/catalogue-memory.js'
import type { Db } from '../db.js'
import type { Viewer } from '../identity/viewer.js'
import { readUserState } from './read-user-state.js'
import { nothingKnown } from './user-state.js'
import { UserView } from './user-view.js'

/**
 * Reads what a viewer sees now: one statement, plus a reload of the catalogue if an operator has changed it.
 * @param authorizationId an authorization to include even if it is no longer of interest
 * @throws NotAdmittedError if the viewer's token is no longer accepted
 */
export type ReadView = (viewer: Viewer, authorizationId?: string | null) => Promise<UserView>

export function createReadView(db: Db, catalogue: CatalogueSource): ReadView {
  return async (viewer, authorizationId) => {
    const state = await readUserState(db, viewer, authorizationId)
    const view = new UserView(await catalogue.at(state.catalogueRevision), state)
    return viewer.session ? view.narrowedTo(viewer.session.setupId) : view
  }
}

/** The part that is the same for everyone: the catalogue, without any user's state. */
export async function readCatalogueView({ catalogue }: { catalogue: CatalogueSource }): Promise<UserView> {
  const current = await catalogue.current()
  return new UserView(current, nothingKnown(current.revision))
}

/** An iterator that can be left at any time. */
export interface Updates<T> extends AsyncIterableIterator<T, undefined> {
  return(): Promise<IteratorReturnResult<undefined>>
}

/**
 * Yields what a viewer sees now, and again after each change, until the signal aborts.
 * @param since the revision that the subscriber already has: nothing is sent until there is another
 */
export type WatchView = (
  viewer: Viewer,
  options: { since: number | undefined; authorizationId?: string | undefined; signal: AbortSignal },
) => Updates<UserView>
