import type { CatalogueMemory } from '../plugin/catalogue-memory.js'
import { readUserState } from './read-user-state.js'
import type { Db } from './revision.js'
import { UserView } from './user-view.js'
import type { Viewer } from './viewer.js'

/**
 * Reads what a viewer sees now: one statement, plus a reload of the catalogue when an operator has changed it.
 * @throws NotAdmittedError when the viewer's token is worth nothing any more
 */
export type ViewReader = (viewer: Viewer, authorizationId?: string | null) => Promise<UserView>

export function createViewReader(db: Db, catalogue: CatalogueMemory): ViewReader {
  return async (viewer, authorizationId) => {
    const state = await readUserState(db, viewer, authorizationId)
    const view = new UserView(await catalogue.at(state.catalogueRevision), state)
    return viewer.session ? view.narrowedTo(viewer.session.setupId) : view
  }
}
