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

/** An attempt that is silent for this long is asked for anew: a connection can be dead without anybody noticing. */
const SILENCE_MS = 60_000

/** A setup with its steps and skills, as a screen shows it. */
export type Setup = SetupScreenSetupFragment

/** Connectors with the viewer's connections, at one moment. */
export interface Connections {
  revision: number
  connectors: ConnectorStateFragment[]
}

/** Who is told how something stands, first as it is now, then whenever that has changed. */
export interface StateObserver<State> {
  next(state: State): void
  /** It does not exist, or no longer: removed, or somebody else's. Nothing comes any more. */
  gone?(): void
  /** The API is out of reach: what is shown may be old. Told for each try that failed, until `back`. */
  away?(error: Error): void
  /** What is shown is up to date again. */
  back?(): void
}

/**
 * Watches a setup until it is removed. A connection that is lost is made again, and brings what was missed.
 * @returns how to stop
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
 * Watches the viewer's connections, of some connectors or of all. Not for setup sessions.
 * @returns how to stop
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
 * Watches an attempt to its end, for a page that did not start it or was loaded again since. The last one told is not open any more.
 * @returns how to stop
 */
export function watchAuthorization(
  transport: Transport,
  authorizationId: string,
  observer: StateObserver<Attempt>,
): () => void {
  const newer = newest()
  let isOver = false
  let silence: ReturnType<typeof setInterval> | undefined
  const quiet = quietly(observer)
  const kept = keepSubscribed(transport, AuthorizationStatusDocument, () => ({ id: authorizationId }), {
    ...quiet,
    next({ authorizationStatus: attempt }, stop) {
      if (!isOpen(attempt)) {
        isOver = true
        clearInterval(silence)
        stop()
      }
      if (newer.takes(attempt)) observer.next(attempt)
    },
    gone() {
      isOver = true
      clearInterval(silence)
      quiet.gone()
    },
  })
  if (!isOver) silence = setInterval(kept.restart, SILENCE_MS)
  return () => {
    clearInterval(silence)
    kept.stop()
  }
}

/** Of two states the one with the higher revision counts. */
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
