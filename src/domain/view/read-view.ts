import type { CatalogueMemory } from '../catalogue/catalogue-memory.js'
import type { Db } from '../change/revision.js'
import type { Viewer } from '../identity/viewer.js'
import { readUserState } from './read-user-state.js'
import { UserView } from './user-view.js'

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
