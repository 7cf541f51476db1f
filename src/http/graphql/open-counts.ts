import { GraphQLError } from 'graphql'
import { type Caller, callerId } from '../../domain/identity/caller.js'
import { tooManyRequests } from './too-many-requests.js'

/** Counts what each caller has open on this instance, and lets them open only so much. */
export class OpenCounts {
  readonly #limits: Record<Caller['kind'], number>
  readonly #open = new Map<string, number>()

  constructor(limits: Record<Caller['kind'], number>) {
    this.#limits = limits
  }

  /** Counts one more, unless the caller has as many as it may have. */
  add(caller: Caller): boolean {
    const id = callerId(caller)
    const open = this.#open.get(id) ?? 0
    if (open >= this.#limits[caller.kind]) return false
    this.#open.set(id, open + 1)
    return true
  }

  remove(caller: Caller): void {
    const id = callerId(caller)
    const open = this.#open.get(id)
    if (open === undefined) return
    if (open === 1) this.#open.delete(id)
    else this.#open.set(id, open - 1)
  }
}

const RETRY_AFTER_SECONDS = 5

/**
 * Answers an operation of a caller that has too much open already.
 * @param limit the limit's name, for clients and metrics
 */
export function tooMuchOpen(limit: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: tooManyRequests(limit, RETRY_AFTER_SECONDS) })
}
