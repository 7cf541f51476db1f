import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type Connecting, type ConnectOptions, type ConnectState, connectApp } from './connect-app.js'
import type { Transport } from './transport.js'
import { type Connections, type Setup, type StateObserver, watchConnections, watchSetup } from './watch.js'

export interface ConnectAppHook {
  /** Null until `connect()`, and after `reset()`. */
  state: ConnectState | null
  /** Connects an app. Call it in the click itself. An open authorization continues, but `state` no longer shows it. */
  connect(options: Omit<ConnectOptions, 'onChange'>): void
  /** Brings the popup to the front, or opens the same authorization in a new one. Call it in a click. */
  reopen(): void
  /**
   * Closes the popup and cancels the authorization. Rejects if the API wasn't reached or refuses. Then the state
   * doesn't change.
   */
  cancel(): Promise<void>
  /** Sets `state` to null. An open authorization continues. */
  reset(): void
}

/** Connects an app and returns the state. When the component unmounts, the authorization continues. */
export function useConnectApp(transport: Transport): ConnectAppHook {
  const [state, setState] = useState<ConnectState | null>(null)
  const present = useRef<Connecting | null>(null)
  useEffect(() => () => present.current?.stop(), [])
  const actions = useMemo(
    () => ({
      connect(options: Omit<ConnectOptions, 'onChange'>) {
        present.current?.stop()
        present.current = connectApp(transport, { ...options, onChange: setState })
        setState(present.current.state)
      },
      reopen: () => present.current?.reopen(),
      cancel: async () => present.current?.cancel(),
      reset() {
        present.current?.stop()
        present.current = null
        setState(null)
      },
    }),
    [transport],
  )
  return { state, ...actions }
}

export interface SetupHook {
  /** Undefined until the first result. */
  setup: Setup | undefined
  /** True if the setup was removed, or this user never had it. */
  gone: boolean
  /** Set while the API is out of reach. The setup may have changed since. */
  away: Error | undefined
}

/** Returns a setup that is always up to date. */
export function useSetup(transport: Transport, setupId: string): SetupHook {
  const watch = useCallback(
    (observer: StateObserver<Setup>) => watchSetup(transport, setupId, observer),
    [transport, setupId],
  )
  const { state: setup, gone, away } = useWatched(watch)
  return { setup, gone, away }
}

export interface ConnectionsHook {
  /** Undefined until the first result. */
  connectors: Connections['connectors'] | undefined
  /** The viewer's revision. It grows with every change, including changes outside these connectors. */
  revision: number | undefined
  /** Set while the API is out of reach. The connections may have changed since. */
  away: Error | undefined
}

/**
 * Returns the viewer's connections, always up to date.
 * @param connectorIds the connectors to watch, by default all; a new array with the same ids doesn't subscribe again
 */
export function useConnections(transport: Transport, connectorIds?: readonly string[]): ConnectionsHook {
  const ids = connectorIds && JSON.stringify(connectorIds)
  const watch = useCallback(
    (observer: StateObserver<Connections>) =>
      watchConnections(transport, { connectorIds: ids === undefined ? undefined : JSON.parse(ids) }, observer),
    [transport, ids],
  )
  const { state, away } = useWatched(watch)
  return { connectors: state?.connectors, revision: state?.revision, away }
}

interface Watched<State> {
  state: State | undefined
  gone: boolean
  away: Error | undefined
}

const NOTHING_YET: Watched<never> = { state: undefined, gone: false, away: undefined }

/** @param watch a different function watches something else, so the previous state is discarded */
function useWatched<State extends { revision: number }>(
  watch: (observer: StateObserver<State>) => () => void,
): Watched<State> {
  const [seen, setSeen] = useState<{ by: typeof watch; what: Watched<State> }>({ by: watch, what: NOTHING_YET })
  useEffect(() => {
    const change = (next: (before: Watched<State>) => Watched<State>) =>
      setSeen((last) => {
        const before = last.by === watch ? last.what : NOTHING_YET
        const what = next(before)
        return what === before ? last : { by: watch, what }
      })
    return watch({
      next: (state) =>
        change((before) => (before.state?.revision === state.revision ? before : { ...before, state, gone: false })),
      gone: () => change((before) => (before.gone ? before : { ...before, gone: true })),
      away: (error) => change((before) => (before.away ? before : { ...before, away: error })),
      back: () => change((before) => (before.away ? { ...before, away: undefined } : before)),
    })
  }, [watch])
  return seen.by === watch ? seen.what : NOTHING_YET
}
