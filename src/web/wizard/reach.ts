import { useSyncExternalStore } from 'react'

/** Whether the server can be reached, and whether someone is signed in. */
export type ReachState = 'unknown' | 'reached' | 'away' | 'signed-out'

export interface Reach {
  readonly state: ReachState
  set(state: ReachState): void
  listen(listener: () => void): () => void
}

export function createReach(): Reach {
  let state: ReachState = 'unknown'
  const listeners = new Set<() => void>()
  return {
    get state() {
      return state
    },
    set(next) {
      // Once signed out, only reloading the page helps.
      if (next === state || state === 'signed-out') return
      state = next
      for (const listener of listeners) listener()
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function useReach(reach: Reach): ReachState {
  return useSyncExternalStore(reach.listen, () => reach.state)
}
