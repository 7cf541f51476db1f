import { type ExecutionResult, GraphQLError } from 'graphql'
import { type Caller, callerId } from '../../domain/identity/caller.js'
import { RateLimitedError } from '../../domain/rate-limit/rate-limited-error.js'
import { delayRefusal } from '../refusals.js'
import type { Executed, Executor } from './execution/executor.js'
import { TOO_MANY_REQUESTS, tooManyRequests } from './too-many-requests.js'

interface FairUseLimits {
  /** How many operations of one caller are executed at the same time. */
  atOnce: number
  /** The same while the caller's responses are large. */
  atOnceWhileLarge: number
  /** How many more of them may wait. */
  waiting: number
}

/**
 * An API key stands for a whole back end. Its operations share their reads, and most of those that take long wait for an
 * app, so a few slow ones must not keep the others waiting.
 */
export const FAIR_USE: Record<Caller['kind'], FairUseLimits> = {
  user: { atOnce: 32, atOnceWhileLarge: 1, waiting: 500 },
  'api-key': { atOnce: 1_000, atOnceWhileLarge: 1_000, waiting: 4_000 },
}

/** Responses stop being large without anything else happening, so those that wait look again after this time. */
const LOOK_AGAIN_MS = 250

/** What fair use has to do with operations that take long. */
interface Heavy {
  /** Whether this caller's responses were large lately. */
  hasLarge(caller: string): boolean
  /** Called when an operation of this caller is executed. */
  ran(caller: string): void
}

const NOTHING_HEAVY: Heavy = { hasLarge: () => false, ran: () => {} }

/** What one caller has going on. */
interface Turn {
  readonly limits: FairUseLimits
  running: number
  readonly waiting: (() => void)[]
  lookAgain: NodeJS.Timeout | undefined
}

/**
 * Lets each caller's operations wait for each other rather than for everyone's: only so many are executed at the same
 * time, and the rest wait in the order in which they came. If too many wait, another one is answered with an error. An
 * operation that is refused, for this or because of a rate limit, keeps its place until its error is sent.
 */
export function fairly(execute: Executor, limits = FAIR_USE, { hasLarge, ran }: Heavy = NOTHING_HEAVY): Executor {
  const turns = new Map<string, Turn>()

  function mayStart(caller: string, { running, limits }: Turn): boolean {
    return running < (hasLarge(caller) ? limits.atOnceWhileLarge : limits.atOnce)
  }

  function startWaiting(caller: string, turn: Turn): void {
    while (turn.waiting.length > 0 && mayStart(caller, turn)) {
      turn.running++
      turn.waiting.shift()?.()
    }
    if (turn.waiting.length === 0) {
      clearTimeout(turn.lookAgain)
      turn.lookAgain = undefined
    }
  }

  function lookAgain(caller: string, turn: Turn): void {
    if (turn.lookAgain || turn.running >= turn.limits.atOnce) return
    turn.lookAgain = setTimeout(() => {
      turn.lookAgain = undefined
      startWaiting(caller, turn)
      if (turn.waiting.length > 0) lookAgain(caller, turn)
    }, LOOK_AGAIN_MS).unref()
  }

  function ended(caller: string, turn: Turn): void {
    turn.running--
    startWaiting(caller, turn)
    if (turn.running === 0) turns.delete(caller)
  }

  function executeNow(executed: Executed, caller: string, turn: Turn): ExecutionResult | Promise<ExecutionResult> {
    let result: ExecutionResult | Promise<ExecutionResult>
    ran(caller)
    try {
      result = execute(executed)
    } catch (error) {
      ended(caller, turn)
      throw error
    }
    if (!('then' in result) && !isRefusal(result)) {
      ended(caller, turn)
      return result
    }
    return refusing(result).finally(() => ended(caller, turn))
  }

  return (executed) => {
    // Pushes take no turns. How many there are is limited by how many subscriptions there may be.
    if (executed.operation.operation === 'subscription') return execute(executed)
    const { caller } = executed.contextValue as { caller: Caller }
    const id = callerId(caller)
    const turn = turns.get(id) ?? { limits: limits[caller.kind], running: 0, waiting: [], lookAgain: undefined }
    turns.set(id, turn)
    startWaiting(id, turn)
    if (turn.waiting.length === 0 && mayStart(id, turn)) {
      turn.running++
      return executeNow(executed, id, turn)
    }
    const { waiting } = turn.limits
    if (turn.waiting.length >= waiting) return refusing({ errors: [tooMany(waiting)] })
    lookAgain(id, turn)
    return new Promise<void>((resolve) => turn.waiting.push(resolve)).then(() => executeNow(executed, id, turn))
  }
}

/** Returns the result, and a refusal only after a while. */
async function refusing(result: ExecutionResult | Promise<ExecutionResult>): Promise<ExecutionResult> {
  const awaited = await result
  if (isRefusal(awaited)) await delayRefusal()
  return awaited
}

function isRefusal({ errors }: ExecutionResult): boolean {
  return errors?.some(isTooMuch) ?? false
}

function isTooMuch({ originalError, extensions }: GraphQLError): boolean {
  return originalError instanceof RateLimitedError || extensions.code === TOO_MANY_REQUESTS
}

/** @param waiting how many are */
export function tooMany(waiting: number): GraphQLError {
  return new GraphQLError(
    `${waiting} of your operations are already waiting. Send the next one when some of them have been answered.`,
    { extensions: tooManyRequests('waiting-operations', 1) },
  )
}
