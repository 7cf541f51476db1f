import { GraphQLError } from 'graphql'
import type { Viewer } from '../../domain/identity/viewer.js'
import { MAX_TIMER_MS } from '../../domain/pause.js'
import { nextOf, type Updates, type Waiter } from '../../domain/updates.js'
import type { ViewUpdates, WatchedView } from '../../domain/view/read-view.js'
import type { UserView } from '../../domain/view/user-view.js'
import type { Context } from '../context.js'

/** Returns what is sent for a view, or null to end without sending anything. */
type MapView<T> = (view: UserView) => { value: T; last: boolean } | null

/**
 * Yields what the mapping makes of the viewer's views as they change, until the client leaves, the token is no longer
 * accepted, or the mapping says that this was the last one. It starts with the view that `accept` finds acceptable.
 * @param accept throws if there is nothing to subscribe to
 */
export async function streamViews<T>(
  { viewer, services }: Context,
  { since, ...watched }: Omit<WatchedView, 'viewer'> & { since?: number | null | undefined },
  accept: (view: UserView) => void,
  map: MapView<T>,
): Promise<Updates<T>> {
  const views = services.watchView({ viewer, ...watched }, since ?? undefined)
  try {
    accept(await views.first())
  } catch (error) {
    await views.return()
    throw error
  }
  return new ViewStream(views, map, viewer)
}

/** While it waits, it holds no view: thousands of subscribers wait at the same time. */
class ViewStream<T> implements Updates<T> {
  readonly #views: ViewUpdates
  readonly #map: MapView<T>
  readonly #expiry: ReturnType<typeof endAtExpiry>
  #ended = false

  constructor(views: ViewUpdates, map: MapView<T>, viewer: Viewer) {
    this.#views = views
    this.#map = map
    this.#expiry = endAtExpiry(viewer, views)
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return nextOf(this)
  }

  async look(): Promise<IteratorResult<T, undefined> | undefined> {
    if (this.#ended) {
      this.#views.complete()
      return this.return()
    }
    const result = await this.#views.look().catch(async (error) => {
      await this.return()
      throw error
    })
    if (!result) return undefined
    const mapped = result.done ? null : this.#map(result.value)
    if (mapped) {
      this.#ended = mapped.last
      return { done: false, value: mapped.value }
    }
    await this.return()
    if (!this.#expiry?.isOver) return { done: true, value: undefined }
    throw new GraphQLError('Your token has expired. Subscribe again with a new one.', {
      extensions: { code: 'UNAUTHENTICATED' },
    })
  }

  wait(waiter: Waiter): boolean {
    return !this.#ended && this.#views.wait(waiter)
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#ended = true
    clearTimeout(this.#expiry?.timer)
    await this.#views.return()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

/** Ends a subscription when its token expires. A WebSocket's token ends the whole socket instead. */
function endAtExpiry({ expiresAt }: Viewer, views: ViewUpdates) {
  if (!expiresAt) return undefined
  const expiry = {
    isOver: false,
    timer: setTimeout(
      () => {
        expiry.isOver = true
        void views.return()
      },
      Math.min(expiresAt.getTime() - Date.now(), MAX_TIMER_MS),
    ).unref(),
  }
  return expiry
}
