import type { CatalogueMemory } from '../plugin/catalogue-memory.js'
import { readUserState } from './read-user-state.js'
import type { Db } from './revision.js'
import { UserView } from './user-view.js'

/** Reads what a user sees now: one statement, plus a reload of the catalogue when an operator has changed it. */
export type ViewReader = (userId: string, authorizationId?: string | null) => Promise<UserView>

export function createViewReader(db: Db, catalogue: CatalogueMemory): ViewReader {
  return async (userId, authorizationId) => {
    const state = await readUserState(db, userId, authorizationId)
    return new UserView(await catalogue.at(state.catalogueRevision), state)
  }
}
