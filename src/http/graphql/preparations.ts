import { type Caller, callerId } from '../../domain/identity/caller.js'
import { delayRefusal } from '../refusals.js'
import { CallerQueue } from './caller-queue.js'
import { FAIR_USE, tooMany } from './fair-use.js'

/**
 * Lets operations take turns before they are prepared, unless their document is remembered and nothing about them is
 * wrong: each may take ten milliseconds to read, parse and validate.
 */
export class Preparations {
  readonly #queue: CallerQueue

  constructor(queue = new CallerQueue()) {
    this.#queue = queue
  }

  /**
   * Resolves when this caller's operation may be prepared.
   * @throws GraphQLError if too many of the caller's are waiting
   */
  async turnOf(caller: Caller): Promise<void> {
    const id = callerId(caller)
    const { waiting } = FAIR_USE[caller.kind]
    if (this.#queue.waitingOf(id) < waiting) return this.#queue.next(id)
    await delayRefusal()
    throw tooMany(waiting)
  }
}
