/** What one subscriber listens with: a dirty bit that notifications set and the subscriber's loop clears. */
export interface Listener extends Disposable {
  /**
   * Waits for a notification. Resolves with false once listening has ended. Several notifications in between count as
   * one.
   */
  notified(): Promise<boolean>
  /** When the earliest change notified since the last call was committed, in ms since the epoch. */
  takeCommittedAt(): number | undefined
  /** Stores the revision that the subscriber has, for the sweep to compare. */
  sent(revision: number): void
}

interface Entry {
  userId: string
  sent: number | undefined
  dirty: boolean
  committedAt: number | undefined
  wake: (() => void) | undefined
}

/** The subscribers that this instance serves, by user. */
export class Watchers {
  readonly #byUser = new Map<string, Set<Entry>>()

  /** Registers a subscriber immediately. Aborting the signal ends its wait. */
  listen(userId: string, signal: AbortSignal): Listener {
    const entry: Entry = { userId, sent: undefined, dirty: false, committedAt: undefined, wake: undefined }
    const entries = this.#byUser.get(userId) ?? new Set()
    this.#byUser.set(userId, entries.add(entry))
    const stop = () => entry.wake?.()
    signal.addEventListener('abort', stop, { once: true })
    return {
      async notified() {
        if (!entry.dirty && !signal.aborted) await new Promise<void>((resolve) => (entry.wake = resolve))
        entry.wake = undefined
        entry.dirty = false
        return !signal.aborted
      },
      takeCommittedAt() {
        const { committedAt } = entry
        entry.committedAt = undefined
        return committedAt
      },
      sent: (revision) => {
        entry.sent = revision
      },
      [Symbol.dispose]: () => {
        signal.removeEventListener('abort', stop)
        entries.delete(entry)
        if (entries.size === 0 && this.#byUser.get(userId) === entries) this.#byUser.delete(userId)
      },
    }
  }

  /**
   * Notifies every subscriber of a user.
   * @param committedAt when the change was committed, in ms since the epoch
   */
  notify(userId: string, committedAt = Date.now()): void {
    for (const entry of this.#byUser.get(userId) ?? []) {
      entry.committedAt = Math.min(entry.committedAt ?? committedAt, committedAt)
      wake(entry)
    }
  }

  /** Returns how many subscribers of a user were not sent this revision. */
  stale(userId: string, revision: number): number {
    let stale = 0
    for (const entry of this.#byUser.get(userId) ?? []) if (entry.sent !== revision) stale++
    return stale
  }

  /** Notifies the subscribers of a user that were not sent this revision. */
  notifyStale(userId: string, revision: number): void {
    for (const entry of this.#byUser.get(userId) ?? []) if (entry.sent !== revision) wake(entry)
  }

  users(): string[] {
    return [...this.#byUser.keys()]
  }

  /** The number of subscribers that are served. */
  get size(): number {
    let size = 0
    for (const entries of this.#byUser.values()) size += entries.size
    return size
  }
}

function wake(entry: Entry): void {
  entry.dirty = true
  entry.wake?.()
}
