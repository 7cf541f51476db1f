import {
  AuthorizationStatusDocument,
  ConnectionsLiveDocument,
  type ConnectorStateFragment,
  SetupScreenLiveDocument,
  type SetupScreenSetupFragment,
} from '../../generated/client/graphql.js'
import { type Attempt, isOpen } from './attempt.js'
import { keepSubscribed } from './keep-subscribed.js'
import type { Transport } from './transport.js'

/** How often to ask for the state of an open authorization, because a connection can die without anyone noticing. */
const ASK_AGAIN_EVERY_MS = 60_000

/** A setup with its steps and skills, as a screen shows it. */
export type Setup = SetupScreenSetupFragment

/** Connectors with the viewer's connections, as of one revision. */
export interface Connections {
  revision: number
  connectors: ConnectorStateFragment[]
}

/** Receives the current state, and the new state after each change. */
export interface StateObserver<State> {
  next(state: State): void
  /** The object doesn't exist: it was removed, or it belongs to another user. This is the last call. */
  gone?(): void
  /** The API is out of reach, so the last state may be out of date. Called for each failed try, until `back`. */
  away?(error: Error): void
  /** The state is up to date again. */
  back?(): void
}

/**
 * Watches a setup until it is removed. If the connection drops, it reconnects and gets what it missed.
 * @returns a function that stops watching
 */
export function watchSetup(transport: Transport, setupId: string, observer: StateObserver<Setup>): () => void {
  const newer = newest()
  return keepSubscribed(transport, SetupScreenLiveDocument, (wanted) => ({ id: setupId, since: newer.since(wanted) }), {
    ...quietly(observer),
    next({ setupProgress: setup }, stop) {
      if (!setup) {
        stop()
        observer.gone?.()
      } else if (newer.takes(setup)) observer.next(setup)
    },
  }).stop
}

/**
 * Watches the viewer's connections, for some connectors or all of them. Setup sessions can't use it.
 * @returns a function that stops watching
 */
export function watchConnections(
  transport: Transport,
  { connectorIds }: { connectorIds?: readonly string[] | undefined },
  observer: StateObserver<Connections>,
): () => void {
  const newer = newest()
  return keepSubscribed(
    transport,
    ConnectionsLiveDocument,
    (wanted) => ({ connectorIds: connectorIds ? [...connectorIds] : null, since: newer.since(wanted) }),
    {
      ...quietly(observer),
      next({ connectionStatus }) {
        if (newer.takes(connectionStatus)) observer.next(connectionStatus)
      },
    },
  ).stop
}

/**
 * Watches an authorization until it ends, from a page that didn't start it or was reloaded since. The last state it reports
 * is a final one.
 * @returns a function that stops watching
 */
export function watchAuthorization(
  transport: Transport,
  authorizationId: string,
  observer: StateObserver<Attempt>,
): () => void {
  const newer = newest()
  let isOver = false
  let timer: ReturnType<typeof setInterval> | undefined
  const quiet = quietly(observer)
  const kept = keepSubscribed(transport, AuthorizationStatusDocument, () => ({ id: authorizationId }), {
    ...quiet,
    next({ authorizationStatus: attempt }, stop) {
      if (!isOpen(attempt)) {
        isOver = true
        clearInterval(timer)
        stop()
      }
      if (newer.takes(attempt)) observer.next(attempt)
    },
    gone() {
      isOver = true
      clearInterval(timer)
      quiet.gone()
    },
  })
  if (!isOver) timer = setInterval(kept.restart, ASK_AGAIN_EVERY_MS)
  return () => {
    clearInterval(timer)
    kept.stop()
  }
}

/** Keeps the state with the highest revision. */
function newest() {
  let revision: number | undefined
  return {
    since: (wanted: 'state' | 'changes') => (wanted === 'changes' ? (revision ?? null) : null),
    takes(state: { revision: number }) {
      if (revision !== undefined && state.revision <= revision) return false
      revision = state.revision
      return true
    },
  }
}

function quietly(observer: StateObserver<never>) {
  return {
    gone: () => observer.gone?.(),
    away: (error: Error) => observer.away?.(error),
    back: () => observer.back?.(),
  }
}
