import { NotAdmittedError } from '../domain/errors.js'
import { jittered, pause } from '../domain/pause.js'
import { nextOf, type Updates, type Waiter } from '../domain/updates.js'
import type { ServerTelemetry } from '../observability/telemetry.js'
import type { CurrentCatalogue, Watcher } from './watchers.js'

const FIRST_RETRY_MS = 50
const MAX_RETRY_MS = 5_000

/** What all subscribers share: where they are notified and what they read. */
export interface Feed<Asked, T> {
  join(asked: Asked, watcher: Watcher): void
  leave(asked: Asked, watcher: Watcher): void
  /** @throws NotAdmittedError if the reader's token is no longer accepted */
  read(asked: Asked): Promise<T>
  shownBy(asked: Asked, state: T): Shown
  telemetry: Pick<ServerTelemetry, 'readFailed' | 'pushed'>
}

/** What a state shows of the catalogue. */
export interface Shown {
  catalogueRevision: number
  /** Parts of the catalogue. If all are still the same objects, nothing that the state shows has changed. */
  parts: readonly object[]
}

type Result<T> = IteratorResult<T, undefined>

const DONE = { done: true, value: undefined } as const

/**
 * Yields the current state, and again after each change. It is registered before the first read, so no change is missed.
 * Several notifications cause one read, so a slow reader skips intermediate states and gets the last one.
 *
 * Thousands wait at the same time, so one that waits holds only what it asks for, the revision that it sent, which parts
 * of the catalogue that showed, and its waiter: no state, no promise, no timer.
 */
export class Watch<Asked, T extends { revision: number }> implements Updates<T>, Watcher {
  readonly #feed: Feed<Asked, T>
  readonly #asked: Asked
  #sent: number | undefined
  /** What the state with that revision showed of the catalogue, once it was read here. */
  #shown: Shown | undefined
  /** The last revision of the catalogue that has all of it unchanged. */
  #unchangedUntil = 0
  /** What was read before anyone asked for it. */
  #first: T | undefined
  #joined = false
  #ended = false
  /** Something may have changed since the last read. */
  #dirty = true
  /** When the earliest change since the last read was committed. */
  #committedAt: number | undefined
  /** The same for the state that the consumer was given last. */
  #givenCommittedAt: number | undefined
  #waiter: Waiter | undefined
  /** Ends the pause before the next try, if a read has failed. */
  #retry: AbortController | undefined

  /** @param since the revision that the consumer has: it is given nothing until there is another */
  constructor(feed: Feed<Asked, T>, asked: Asked, since: number | undefined) {
    this.#feed = feed
    this.#asked = asked
    this.#sent = since
  }

  get userRevision(): number | undefined {
    return this.#sent === undefined || !this.#shown ? undefined : this.#sent - this.#shown.catalogueRevision
  }

  get isWaiting(): boolean {
    return this.#waiter !== undefined
  }

  has(revision: number, catalogueRevision: number): boolean {
    if (revision === this.#sent) return true
    if (!this.#shown || revision - catalogueRevision !== this.userRevision) return false
    return catalogueRevision >= this.#shown.catalogueRevision && catalogueRevision <= this.#unchangedUntil
  }

  concernedBy({ revision, parts }: CurrentCatalogue): boolean {
    if (!this.#shown || revision < this.#shown.catalogueRevision) return true
    if (!this.#shown.parts.every((part) => parts.has(part))) return true
    this.#unchangedUntil = Math.max(this.#unchangedUntil, revision)
    return false
  }

  wake(committedAt?: number): void {
    if (committedAt !== undefined) this.#committedAt = Math.min(this.#committedAt ?? committedAt, committedAt)
    this.#dirty = true
    this.#wakeWaiter()
  }

  /**
   * Reads the current state ahead of the first `next`, which then yields it, unless the consumer has it. If it can't be
   * read, the watch has ended.
   */
  async first(): Promise<T> {
    try {
      this.#join()
      this.#dirty = false
      this.#first = await this.#feed.read(this.#asked)
      return this.#first
    } catch (error) {
      this.#end()
      throw error
    }
  }

  /** Not to be called again before it has resolved, here and below. */
  next(): Promise<Result<T>> {
    return nextOf(this)
  }

  async look(): Promise<Result<T> | undefined> {
    this.#notePushed()
    if (this.#ended) return DONE
    this.#join()
    const first = this.#takenFirst()
    if (first || !this.#dirty) return first
    try {
      return await this.#read()
    } catch (error) {
      this.#end()
      throw error
    }
  }

  wait(waiter: Waiter): boolean {
    if (this.#dirty || this.#ended || this.#first) return false
    this.#waiter = waiter
    return true
  }

  /** The consumer leaves, whether it has taken the last state or not. */
  return(): Promise<IteratorReturnResult<undefined>> {
    this.#end()
    return Promise.resolve(DONE)
  }

  /** Ends it after the consumer has taken the last state. */
  complete(): void {
    this.#notePushed()
    this.#end()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #join(): void {
    if (this.#joined || this.#ended) return
    this.#joined = true
    this.#feed.join(this.#asked, this)
  }

  #takenFirst(): Result<T> | undefined {
    const first = this.#first
    this.#first = undefined
    return first && !this.#isKnown(first) ? this.#given(first, undefined) : undefined
  }

  /** Reads once. Returns undefined if the consumer has that revision. */
  async #read(): Promise<Result<T> | undefined> {
    this.#dirty = false
    const committedAt = this.#committedAt
    this.#committedAt = undefined
    const state = await this.#persistently()
    if (!state || this.#ended) return DONE
    return this.#isKnown(state) ? undefined : this.#given(state, committedAt)
  }

  /** Returns whether the consumer has this state, and notes what it shows. */
  #isKnown(state: T): boolean {
    const shown = this.#feed.shownBy(this.#asked, state)
    if (this.#shown && this.has(state.revision, shown.catalogueRevision)) return true
    this.#shown = shown
    this.#unchangedUntil = shown.catalogueRevision
    return state.revision === this.#sent
  }

  /** A failed read must not end a subscription. It is repeated after a growing pause, until it works or no one listens. */
  async #persistently(): Promise<T | undefined> {
    for (let pauseMs = FIRST_RETRY_MS; !this.#ended; pauseMs = Math.min(pauseMs * 2, MAX_RETRY_MS)) {
      try {
        return await this.#feed.read(this.#asked)
      } catch (error) {
        if (error instanceof NotAdmittedError) throw error
        this.#feed.telemetry.readFailed(error)
        this.#retry ??= new AbortController()
        await pause(jittered(pauseMs), { signal: this.#retry.signal, ref: false })
      }
    }
    return undefined
  }

  #given(state: T, committedAt: number | undefined): Result<T> {
    this.#sent = state.revision
    this.#givenCommittedAt = committedAt
    return { done: false, value: state }
  }

  /** The consumer has taken the last state and asks to continue, or to end. */
  #notePushed(): void {
    if (this.#givenCommittedAt !== undefined && !this.#ended)
      this.#feed.telemetry.pushed(Date.now() - this.#givenCommittedAt)
    this.#givenCommittedAt = undefined
  }

  #end(): void {
    this.#ended = true
    this.#first = undefined
    if (this.#joined) this.#feed.leave(this.#asked, this)
    this.#joined = false
    this.#wakeWaiter()
    this.#retry?.abort()
  }

  #wakeWaiter(): void {
    const waiter = this.#waiter
    this.#waiter = undefined
    waiter?.wake()
  }
}
