/** A token request that is held, before or after it is processed. */
export interface HeldRequest {
  stage: HoldStage
  /** such as `authorization_code` or `refresh_token`; null if the request didn't have one */
  grantType: string | null
}

export const holdStages = ['before', 'after'] as const
export type HoldStage = (typeof holdStages)[number]

interface Parked {
  promise: Promise<void>
  wake: () => void
}

/** Holds requests for some time or until they're released. `open()` lets all of them go. */
export class Gate {
  readonly #held = new Map<() => void, HeldRequest>()
  readonly #slow = new Map<() => void, undefined>()
  readonly #watchers = new Map<() => void, undefined>()

  /** The requests that are held now, starting with the one held longest. */
  get held(): HeldRequest[] {
    return [...this.#held.values()]
  }

  /** Resolves at `release()`, or when `gone` aborts because the client no longer waits for the response. */
  hold(request: HeldRequest, gone: AbortSignal): Promise<void> {
    const { promise } = park(this.#held, request, gone)
    for (const watcher of [...this.#watchers.keys()]) watcher()
    return promise
  }

  async delay(ms: number, gone: AbortSignal): Promise<void> {
    const { promise, wake } = park(this.#slow, undefined, gone)
    const timer = setTimeout(wake, ms)
    await promise
    clearTimeout(timer)
  }

  /** Resolves with true once at least `count` requests that match `wanted` are held, or with false if `gone` aborts first. */
  async waitForHeld(count: number, gone: AbortSignal, wanted = (_: HeldRequest) => true): Promise<boolean> {
    const enough = () => this.held.filter(wanted).length >= count
    while (!enough() && !gone.aborted) await park(this.#watchers, undefined, gone).promise
    return enough()
  }

  /** Releases the requests held at this stage, or all of them. */
  release(stage?: HoldStage): void {
    for (const [wake, held] of [...this.#held]) if (stage === undefined || held.stage === stage) wake()
  }

  open(): void {
    this.release()
    for (const wake of [...this.#slow.keys()]) wake()
  }
}

function park<T>(parked: Map<() => void, T>, what: T, gone: AbortSignal): Parked {
  let wake = () => {}
  const promise = new Promise<void>((resolve) => {
    wake = () => {
      parked.delete(wake)
      gone.removeEventListener('abort', wake)
      resolve()
    }
    parked.set(wake, what)
    if (gone.aborted) wake()
    else gone.addEventListener('abort', wake)
  })
  return { promise, wake }
}
