import { ApiError, type Operation, type Transport } from './transport.js'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/**
 * After how many failures in a row the observer learns of them. A single failure may just be a server restart or an
 * expired token.
 */
const FAILURES_TO_BE_AWAY = 2

/** Receives the results of a subscription that is renewed whenever it ends. */
export interface KeptObserver<Result> {
  /** @param stop call it to end the subscription */
  next(result: Result, stop: () => void): void
  /** The object doesn't exist, or no longer exists. This is the last call. */
  gone(): void
  /** The API is out of reach or refuses, so the last result may be out of date. The client keeps trying. */
  away(error: Error): void
  /** The state is up to date again. */
  back(): void
}

export interface Kept {
  stop(): void
  /** Subscribes again immediately. */
  restart(): void
}

/**
 * Subscribes, and subscribes again whenever the subscription ends or fails. Before each try it waits for a random part of a
 * pause that doubles up to 30 s, so that subscribers don't all come back at the same moment after a server restart. The pause
 * ends early when the browser comes back online or the person returns to the page. Only `NOT_FOUND` is final.
 * @param variablesOf called with `state` if the server has to send the state even if it is the one we have: its arrival shows
 * that we're back
 * @param browser the window whose events end a pause; undefined outside browsers
 */
export function keepSubscribed<Result, Variables>(
  transport: Transport,
  operation: Operation<Result, Variables>,
  variablesOf: (wanted: 'state' | 'changes') => Variables,
  observer: KeptObserver<Result>,
  browser: Window | undefined = globalThis.window,
): Kept {
  let unsubscribe = () => {}
  let pause: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let isAway = false
  /** The number of the current subscription. Results of earlier ones are ignored. */
  let current = 0

  function subscribe() {
    end()
    const mine = current
    const over = (error: Error) => {
      if (mine !== current) return
      end()
      if (error instanceof ApiError && error.code === 'NOT_FOUND') {
        stop()
        observer.gone()
      } else again(error)
    }
    let stopMine = () => {}
    try {
      stopMine = transport.subscribe(operation, variablesOf(isAway ? 'state' : 'changes'), {
        next(result) {
          if (mine !== current) return
          failures = 0
          if (isAway) {
            isAway = false
            observer.back()
          }
          if (mine === current) observer.next(result, stop)
        },
        failed: over,
        completed: () => over(new Error('The subscription ended.')),
      })
    } catch (error) {
      over(error instanceof Error ? error : new Error(String(error)))
    }
    if (mine === current) unsubscribe = stopMine
    else stopMine()
  }

  function end() {
    current++
    clearTimeout(pause)
    pause = undefined
    const last = unsubscribe
    unsubscribe = () => {}
    last()
  }

  function again(error: Error) {
    failures++
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))
    pause = setTimeout(subscribe, Math.random() * longest)
    if (failures < FAILURES_TO_BE_AWAY) return
    isAway = true
    observer.away(error)
  }

  function lookedAt() {
    if (pause !== undefined && browser?.document.visibilityState === 'visible') subscribe()
  }
  function shown(event: PageTransitionEvent) {
    if (event.persisted) subscribe() // back from the browser's back/forward cache, where it lost its connections
  }
  function stop() {
    end()
    browser?.removeEventListener('online', subscribe)
    browser?.removeEventListener('pageshow', shown)
    browser?.document.removeEventListener('visibilitychange', lookedAt)
  }

  browser?.addEventListener('online', subscribe)
  browser?.addEventListener('pageshow', shown)
  browser?.document.addEventListener('visibilitychange', lookedAt)
  subscribe()
  return { stop, restart: subscribe }
}
