/** A subscriber, as far as notifications are concerned. */
export interface Watcher {
  /** The revision that it has. */
  readonly sent: number | undefined
  /** @param committedAt when the change that it is woken for was committed, in ms since the epoch */
  wake(committedAt?: number): void
}

/** The subscribers that this instance serves, by user. */
export class Watchers {
  readonly #byUser = new Map<string, Watcher[]>()

  join(userId: string, watcher: Watcher): void {
    const watchers = this.#byUser.get(userId)
    if (watchers) watchers.push(watcher)
    else this.#byUser.set(userId, [watcher])
  }

  leave(userId: string, watcher: Watcher): void {
    const others = this.#byUser.get(userId)?.filter((other) => other !== watcher) ?? []
    if (others.length > 0) this.#byUser.set(userId, others)
    else this.#byUser.delete(userId)
  }

  /**
   * Notifies every subscriber of a user.
   * @param committedAt when the change was committed, in ms since the epoch
   */
  notify(userId: string, committedAt = Date.now()): void {
    for (const watcher of this.#byUser.get(userId) ?? []) watcher.wake(committedAt)
  }

  /** Returns how many subscribers of a user were not sent this revision. */
  stale(userId: string, revision: number): number {
    let stale = 0
    for (const { sent } of this.#byUser.get(userId) ?? []) if (sent !== revision) stale++
    return stale
  }

  /** Notifies the subscribers of a user that were not sent this revision. */
  notifyStale(userId: string, revision: number): void {
    for (const watcher of this.#byUser.get(userId) ?? []) if (watcher.sent !== revision) watcher.wake()
  }

  users(): string[] {
    return [...this.#byUser.keys()]
  }

  /** The number of subscribers that are served. */
  get size(): number {
    let size = 0
    for (const watchers of this.#byUser.values()) size += watchers.length
    return size
  }
}
