import { areAuthorizations, areStates } from '../../domain/authorization/known-authorizations.js'
import type { Deps } from '../../domain/deps.js'
import { RateLimitedError } from '../../domain/rate-limit/rate-limited-error.js'
import type { RateLimits } from '../../domain/rate-limit/rate-limits.js'
import { createBatchedLookup } from '../authentication/batched-lookup.js'
import { delayRefusal } from '../refusals.js'
import type { Render, Reply } from './page.js'
import { tooManyUnknownPage, unknownPage } from './result-page.js'

/** Where a visit comes from, and how its pages look. */
interface Visitor {
  address(): string
  render: Render
}

/**
 * Visits to pages that don't exist, because no authorization has the id or the state. They count for their address. From
 * some number on, whatever comes from there waits until it was looked up together with all others, once a second. So
 * guesses don't cost the database a statement each, and a person with a right link behind the same proxy only waits.
 */
export class UnknownPages {
  readonly #rateLimits: Pick<RateLimits, 'take' | 'refuses'>
  readonly #isAuthorization: (id: string) => Promise<boolean>
  readonly #isState: (state: string) => Promise<boolean>

  constructor({ sql }: Pick<Deps, 'sql'>, rateLimits: Pick<RateLimits, 'take' | 'refuses'>) {
    this.#rateLimits = rateLimits
    const ids = createBatchedLookup<boolean>((batch) => areAuthorizations(sql, batch))
    const states = createBatchedLookup<boolean>((batch) => areStates(sql, batch))
    this.#isAuthorization = (id) => ids(id, true)
    this.#isState = (state) => states(state, true)
  }

  /** Answers a visit to an authorization's page if too many came from the address and this one isn't right either. */
  async refusalOfId(id: string, visitor: Visitor): Promise<Reply | undefined> {
    if (!this.#isSuspect(visitor) || (await this.#isAuthorization(id))) return undefined
    return this.answer(visitor)
  }

  /** Answers a callback in the same way. */
  async refusalOfState(state: string | null, visitor: Visitor): Promise<Reply | undefined> {
    if (!this.#isSuspect(visitor) || (state && (await this.#isState(state)))) return undefined
    return this.answer(visitor)
  }

  /**
   * Counts a visit that no authorization expects, and answers it.
   * @param reply what it gets as long as there weren't too many. By default, a page says that the link is unknown
   */
  async answer({ address, render }: Visitor, reply?: Reply): Promise<Reply> {
    try {
      this.#rateLimits.take('unknown-pages', address())
      return reply ?? render(unknownPage)
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error
      await delayRefusal()
      return render((texts) => tooManyUnknownPage(error.retryAfterSeconds, texts))
    }
  }

  #isSuspect({ address }: Visitor): boolean {
    return this.#rateLimits.refuses('unknown-pages', address())
  }
}
