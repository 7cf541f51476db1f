/** A subscriber, as far as notifications are concerned. */
export interface Watcher {
  /** The user's part of the revision that it has. Undefined before it has one. */
  readonly userRevision: number | undefined
  /** Whether it waits to be woken. Otherwise it is reading, or its client is. */
  readonly isWaiting: boolean
  /**
   * Returns whether what it has is right at this revision.
   * @param catalogueRevision the catalogue's part of the revision
   */
  has(revision: number, catalogueRevision: number): boolean
  /** Considers the catalogue as it is now. Returns whether it has to read again, because what it shows has changed. */
  concernedBy(catalogue: CurrentCatalogue): boolean
  /** @param committedAt when the change that it is woken for was committed, in ms since the epoch */
  wake(committedAt?: number): void
}

/** The catalogue as it is now. */
export interface CurrentCatalogue {
  revision: number
  /** Its plugins, its connectors and the list of these. What didn't change is the same object as before. */
  parts: ReadonlySet<object>
}

/** What a user's subscribers should have. */
export interface UserRevision {
  id: string
  revision: number
}

/** No user has this revision. */
const NO_REVISION = -1

/** The subscribers that this instance serves, by user. */
export class Watchers {
  readonly #byUser = new Map<string, Watcher[]>()
  /** Those that seem to have missed a notification. */
  #suspects = new Set<Watcher>()

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
    for (const watcher of this.#byUser.get(userId) ?? []) {
      this.#suspects.delete(watcher)
      watcher.wake(committedAt)
    }
  }

  /**
   * Returns the users whose subscribers don't have what is right at this revision of the catalogue, as far as their own
   * revision is what they have.
   * @param except users to leave out
   */
  behindCatalogue(catalogueRevision: number, except: ReadonlySet<string>): UserRevision[] {
    const behind: UserRevision[] = []
    for (const [id, watchers] of this.#byUser) {
      const revision = commonRevision(watchers) + catalogueRevision
      if (watchers.every((watcher) => watcher.has(revision, catalogueRevision)) || except.has(id)) continue
      behind.push({ id, revision })
    }
    return behind
  }

  /** Returns how many subscribers of a user don't have what is right at this revision. */
  stale(userId: string, revision: number, catalogueRevision: number): number {
    let stale = 0
    for (const watcher of this.#byUser.get(userId) ?? []) if (!watcher.has(revision, catalogueRevision)) stale++
    return stale
  }

  /**
   * Wakes the subscribers of a user that don't have what is right at this revision.
   * @param suspect whether they may have missed a notification of this user's
   */
  wakeStale(userId: string, revision: number, catalogueRevision: number, suspect: boolean): void {
    for (const watcher of this.#byUser.get(userId) ?? []) {
      if (watcher.has(revision, catalogueRevision)) continue
      if (suspect && watcher.isWaiting) this.#suspects.add(watcher)
      watcher.wake()
    }
  }

  /** Returns how many suspects have not been notified since. A moment ago, their notification may have been on its way. */
  takeMissed(): number {
    const { size } = this.#suspects
    this.#suspects = new Set()
    return size
  }

  /** Returns the subscribers that show something that the catalogue no longer has like this. */
  concernedBy(catalogue: CurrentCatalogue): Watcher[] {
    return [...this.#byUser.values()].flat().filter((watcher) => watcher.concernedBy(catalogue))
  }

  /** Returns the user's part of the revision that their subscribers have, or NO_REVISION if these differ or have none. */
  userRevisions(): Map<string, number> {
    const revisions = new Map<string, number>()
    for (const [userId, watchers] of this.#byUser) revisions.set(userId, commonRevision(watchers))
    return revisions
  }

  /** The number of subscribers that are served. */
  get size(): number {
    let size = 0
    for (const watchers of this.#byUser.values()) size += watchers.length
    return size
  }
}

/** Returns the user's part of the revision that these have, or NO_REVISION if they differ or have none. */
function commonRevision(watchers: readonly Watcher[]): number {
  const revision = watchers[0]?.userRevision ?? NO_REVISION
  const agree = watchers.length === 1 || watchers.every(({ userRevision }) => userRevision === revision)
  return agree ? revision : NO_REVISION
}
