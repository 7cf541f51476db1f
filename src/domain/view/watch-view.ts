import type { Viewer } from '../identity/viewer.js'
import type { UserView } from './user-view.js'

/**
 * What a user sees, as it stands now and again whenever it has changed, until the signal aborts.
 * @param since the revision the screen has already: nothing is sent until another one is there
 */
export type WatchView = (
  viewer: Viewer,
  options: { since: number | undefined; authorizationId?: string | undefined; signal: AbortSignal },
) => AsyncGenerator<UserView, void, undefined>
