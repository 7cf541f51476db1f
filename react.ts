import { useEffect, useRef, useState } from 'react'
import { type Connecting, type ConnectOptions, type ConnectState, connectApp } from './connect-app.js'
import type { Transport } from './transport.js'
import { type Connections, type Setup, watchConnections, watchSetup } from './watch.js'

/** Connecting an app from a component. Unmounting stops watching; the attempt goes on. */
export function useConnectApp(transport: Transport) {
  const [state, setState] = useState<ConnectState | null>(null)
  const current = useRef<Connecting | null>(null)

  useEffect(() => {
    // Shown again after it was hidden: what was watched then is not any more.
    if (current.current) {
      current.current = null
      setState(null)
    }
    return () => current.current?.stop()
  }, [])

  return {
    /** Null until something is connected. */
    state,
    /** In a click: connects an app. An attempt that is still watched is left to itself. */
    connect(options: ConnectOptions): Connecting {
      current.current?.stop()
      let own: Connecting | null = null
      const onChange = (next: ConnectState) => {
        options.onChange?.(next)
        if (own === current.current) setState(next)
      }
      own = connectApp(transport, { ...options, onChange })
      current.current = own
      setState(own.state)
      return own
    },
    /** In a click: shows the consent window again. */
    reopen: () => current.current?.reopen(),
    /** Gives the attempt up. Rejects when the API is not reached. */
    cancel: async () => current.current?.cancel(),
    /** Back to null; an attempt that is still watched is left to itself. */
    reset() {
      current.current?.stop()
      current.current = null
      setState(null)
    },
  }
}

interface Watched<State> {
  /** Null until the first answer. */
  value: State | null
  gone: boolean
  /** Why what is shown may be old; null while it is up to date. */
  away: Error | null
}

const NOTHING = { value: null, gone: false, away: null }

/**
 * What a watcher tells, for as long as the component is mounted. Whatever the key names has changed: nothing until its first answer.
 * @param watch null when there is nothing to watch
 */
function useWatched<State>(
  watch: ((observer: Required<WatchedObserver<State>>) => () => void) | null,
  transport: Transport,
  key: string | null,
): Watched<State> {
  const [known, setKnown] = useState<{ transport: Transport; key: string | null; watched: Watched<State> }>()
  const latest = useRef(watch)
  latest.current = watch

  useEffect(() => {
    const change = (part: Partial<Watched<State>>) =>
      setKnown((before) => {
        const watched = before?.transport === transport && before.key === key ? before.watched : NOTHING
        return { transport, key, watched: { ...watched, ...part } }
      })
    return latest.current?.({
      next: (value) => change({ value }),
      gone: () => change({ gone: true }),
      away: (away) => change({ away }),
      back: () => change({ away: null }),
    })
  }, [transport, key])

  return known?.transport === transport && known.key === key ? known.watched : NOTHING
}

interface WatchedObserver<State> {
  next(state: State): void
  gone(): void
  away(error: Error): void
  back(): void
}

/** A setup as it stands, live. Without an id, nothing. */
export function useSetup(transport: Transport, setupId: string | null | undefined) {
  const watched = useWatched<Setup>(
    setupId ? (observer) => watchSetup(transport, setupId, observer) : null,
    transport,
    setupId ?? null,
  )
  return { setup: watched.value, gone: watched.gone, away: watched.away }
}

/** The user's connections as they stand, live: of these connectors, or of all. */
export function useConnections(transport: Transport, connectorIds?: readonly string[]) {
  const { value, gone, away } = useWatched<Connections>(
    (observer) => watchConnections(transport, { connectorIds }, observer),
    transport,
    connectorIds ? connectorIds.join(' ') : null,
  )
  return { connectors: value?.connectors ?? null, revision: value?.revision ?? null, gone, away }
}
