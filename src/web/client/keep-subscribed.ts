import { ApiError, type Operation, type Transport } from './transport.js'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** How often it has to fail in a row until somebody is told: one failure is a server that restarts, or a token that ends. */
const FAILURES_TO_BE_AWAY = 2

/** Who is told what a subscription brings that is made again whenever it ends. */
export interface KeptObserver<Result> {
  /** @param stop nothing more is wanted */
  next(result: Result, stop: () => void): void
  /** What was subscribed to does not exist, or no longer. Nothing comes any more. */
  gone(): void
  /** The API is out of reach, or does not want us at present: what is shown may be old. It is tried again and again. */
  away(error: Error): void
  /** What is shown is up to date again. */
  back(): void
}

export interface Kept {
  stop(): void
  /** Subscribes anew, at once. */
  restart(): void
}

/**
 * Subscribes, and again whenever the subscription ends or fails, after a pause that doubles up to 30 s and of which a
 * random part is waited, so that the screens of a server that restarts do not come back all at once. A browser that comes online,
 * or a page that is looked at again, ends the pause. Only `NOT_FOUND` is final.
 * @param variablesOf told whether the state has to come even if it is the one we have: that is how being back is seen
 * @param browser whose events end a pause; none outside of browsers
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
  /** Of the subscription that is listened to; what an earlier one still says is not heard. */
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
        completed: () => over(new Error('The subscription has ended.')),
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
    if (event.persisted) subscribe() // kept by the browser while another page was shown, without its connections
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
