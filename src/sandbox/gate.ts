/** A token request that is kept back: before its work is done, or after. */
export interface HeldRequest {
  stage: HoldStage
  /** `authorization_code`, `refresh_token` …; null when the request did not say */
  grantType: string | null
}

export const holdStages = ['before', 'after'] as const
export type HoldStage = (typeof holdStages)[number]

interface Parked {
  promise: Promise<void>
  wake: () => void
}

/** Keeps requests back, for a time or until released. Nothing stays behind after `open()`. */
export class Gate {
  readonly #held = new Map<() => void, HeldRequest>()
  readonly #slow = new Map<() => void, undefined>()
  readonly #watchers = new Map<() => void, undefined>()

  /** All that are held now, the longest first. */
  get held(): HeldRequest[] {
    return [...this.#held.values()]
  }

  /** Resolves at `release()`, or when `gone` aborts because nobody waits for the response any more. */
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

  /** True as soon as at least `count` requests are held that are asked for; false when `gone` aborts before. */
  async waitForHeld(count: number, gone: AbortSignal, wanted = (_: HeldRequest) => true): Promise<boolean> {
    const enough = () => this.held.filter(wanted).length >= count
    while (!enough() && !gone.aborted) await park(this.#watchers, undefined, gone).promise
    return enough()
  }

  /** Lets what is held at this stage go, or all. */
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
