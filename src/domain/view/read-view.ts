import DataLoader from 'dataloader'
import type { CatalogueSource } from '../catalogue/catalogue-memory.js'
import { NotAdmittedError } from '../errors.js'
import type { Viewer } from '../identity/viewer.js'
import type { Sql } from '../ports/sql.js'
import type { Updates } from '../updates.js'
import { parseState } from './parse-state.js'
import { readStates, type StateAnswer, type StateRequest } from './read-states.js'
import { type RememberedState, StateMemory } from './state-memory.js'
import { nothingKnown } from './user-state.js'
import { UserView } from './user-view.js'

/**
 * Reads what a viewer sees now: one statement, plus a reload of the catalogue if an operator has changed it.
 * @param authorizations ids of authorizations to include even if they are no longer of interest
 * @throws NotAdmittedError if the viewer's token is no longer accepted
 */
export type ReadView = (viewer: Viewer, ...authorizations: readonly string[]) => Promise<UserView>

/** The largest number of reads in one statement. All who asked continue in one turn, which must not take long either. */
const MAX_BATCH = 25

type Request = Omit<StateRequest, 'known'>

/**
 * Reads that are asked for in one turn of the event loop share a statement, because a statement costs more than most of
 * what is read. The subscribers of one user share a view. A user's state is read only if it isn't in memory, or no
 * longer the current one.
 */
export function createReadView(sql: Sql, catalogue: CatalogueSource, memory = new StateMemory()): ReadView {
  const views = new DataLoader<Request, UserView, string>(
    (requests) => {
      views.clearAll() // later requests may be about a later moment
      return readTogether(requests)
    },
    { batchScheduleFn: (read) => setImmediate(read), maxBatchSize: MAX_BATCH, cacheKeyFn: keyOf },
  )

  async function readTogether(requests: readonly Request[]): Promise<(UserView | Error)[]> {
    const remembered = requests.map(({ userId, authorizationIds }) =>
      // What is remembered has no authorizations beyond those of interest.
      authorizationIds.length === 0 ? memory.get(userId) : undefined,
    )
    const asked = requests.map((request, index) => ({ ...request, known: remembered[index]?.version ?? null }))
    const answers = await readStates(sql, asked)
    return Promise.all(
      answers.map((answer, index) =>
        viewOf(asked[index] as Request, remembered[index], answer).catch((error: Error) => error),
      ),
    )
  }

  async function viewOf(
    { userId, authorizationIds }: Request,
    remembered: RememberedState | undefined,
    { admitted, revision, catalogueRevision, version, state }: StateAnswer,
  ): Promise<UserView> {
    if (!admitted) throw new NotAdmittedError()
    if (state !== null && authorizationIds.length === 0) memory.set(userId, { version, text: state })
    const text = state ?? remembered?.text
    if (text === undefined) throw new Error('a state that isn’t known was not read')
    return new UserView(await catalogue.at(catalogueRevision), parseState(text, revision, catalogueRevision))
  }

  return async ({ userId, issuedAt, session }, ...authorizationIds) => {
    const view = await views.load({ userId, issuedAt, session, authorizationIds })
    return session ? view.narrowedTo(session.setupId) : view
  }
}

function keyOf({ userId, issuedAt, session, authorizationIds }: Request): string {
  return `${userId} ${issuedAt?.getTime()} ${session?.id} ${authorizationIds.join()}`
}

/** The part that is the same for everyone: the catalogue, without any user's state. */
export async function readCatalogueView({ catalogue }: { catalogue: CatalogueSource }): Promise<UserView> {
  const current = await catalogue.current()
  return new UserView(current, nothingKnown(current.revision))
}

/** Returns the parts of the catalogue that can be reached from what the user has. */
export function partsWithin({ catalogue, state }: UserView): object[] {
  const plugins = [...state.setups, ...state.skillCopies].map(({ pluginSlug }) => catalogue.plugins.get(pluginSlug))
  const connectors = [...state.connections, ...state.authorizations].map(({ connectorSlug }) =>
    catalogue.connectors.get(connectorSlug),
  )
  return [...new Set([...plugins, ...connectors])].filter((part) => part !== undefined)
}

/** The view, again and again. It can be left at any time, which also ends the wait for the next one. */
export interface ViewUpdates extends Updates<UserView> {
  /** Reads ahead of the first `next`, which then yields the same view, unless the subscriber has it. */
  first(): Promise<UserView>
  /** Ends it after the subscriber has taken the last view. */
  complete(): void
}

/** What to watch: the view as this viewer's `ReadView` returns it. */
export interface WatchedView {
  viewer: Viewer
  authorizationId?: string | undefined
  /** Which parts of the catalogue it shows of a view. By default, everything that the user has to do with. */
  shows?: ((view: UserView) => readonly object[]) | undefined
}

/**
 * Yields what a viewer sees now, and again after each change.
 * @param since the revision that the subscriber already has: nothing is sent until there is another
 */
export type WatchView = (watched: WatchedView, since: number | undefined) => ViewUpdates
