import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type Connecting, type ConnectOptions, type ConnectState, connectApp } from './connect-app.js'
import type { Transport } from './transport.js'
import { type Connections, type Setup, type StateObserver, watchConnections, watchSetup } from './watch.js'

export interface ConnectAppHook {
  /** Null until `connect()`, and after `reset()`. */
  state: ConnectState | null
  /** In the click itself. An attempt that is under way goes on, but is not shown any more. */
  connect(options: Omit<ConnectOptions, 'onChange'>): void
  /** In a click: brings the window to the front, or opens the same attempt in a new one. */
  reopen(): void
  /** Closes the window and gives the attempt up. Rejects when the API was not reached or refuses: nothing changes then. */
  cancel(): Promise<void>
  /** Shows no attempt any more. One that is open goes on. */
  reset(): void
}

/** Connects an app, and says how far that is. A component that is unmounted leaves the attempt as it is. */
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
  /** Undefined until it is known. */
  setup: Setup | undefined
  /** It was removed, or there never was one of this user. */
  gone: boolean
  /** The API is out of reach: the setup may have changed since. */
  away: Error | undefined
}

/** A setup as it stands at every moment. */
export function useSetup(transport: Transport, setupId: string): SetupHook {
  const watch = useCallback(
    (observer: StateObserver<Setup>) => watchSetup(transport, setupId, observer),
    [transport, setupId],
  )
  const { state: setup, gone, away } = useWatched(watch)
  return { setup, gone, away }
}

export interface ConnectionsHook {
  /** Undefined until they are known. */
  connectors: Connections['connectors'] | undefined
  /** Of what the viewer sees. It grows with every change, also of what is not among these connectors. */
  revision: number | undefined
  /** The API is out of reach: they may have changed since. */
  away: Error | undefined
}

/**
 * The viewer's connections as they stand at every moment.
 * @param connectorIds those that are of interest, or all; an array with the same ids is the same
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

/** @param watch another function is another thing to watch: what was seen of the former is forgotten */
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
