import { type ExecutionResult, GraphQLError } from 'graphql'
import { type Caller, callerId } from '../../domain/identity/caller.js'
import type { Executed, Executor } from './execution/executor.js'
import { tooManyRequests } from './too-many-requests.js'

interface FairUseLimits {
  /** How many operations of one caller are executed at the same time. */
  atOnce: number
  /** How many more of them may wait. */
  waiting: number
}

/**
 * An API key stands for a whole back end. Its operations share their reads, and most of those that take long wait for an
 * app, so a few slow ones must not keep the others waiting.
 */
export const FAIR_USE: Record<Caller['kind'], FairUseLimits> = {
  user: { atOnce: 32, waiting: 500 },
  'api-key': { atOnce: 1_000, waiting: 4_000 },
}

/** What one caller has going on. */
interface Turn {
  readonly atOnce: number
  running: number
  readonly waiting: (() => void)[]
}

/**
 * Lets each caller's operations wait for each other rather than for everyone's: only so many are executed at the same
 * time, and the rest wait in the order in which they came. If too many wait, another one is answered with an error.
 * @param hasLarge whether this caller's operations took long lately. Then one is executed at a time
 */
export function fairly(
  execute: Executor,
  limits = FAIR_USE,
  hasLarge: (caller: string) => boolean = () => false,
): Executor {
  const turns = new Map<string, Turn>()

  function mayStart(caller: string, { running, atOnce }: Turn): boolean {
    return running < (hasLarge(caller) ? 1 : atOnce)
  }

  function ended(caller: string, turn: Turn): void {
    turn.running--
    while (turn.waiting.length > 0 && mayStart(caller, turn)) {
      turn.running++
      turn.waiting.shift()?.()
    }
    if (turn.running === 0) turns.delete(caller)
  }

  function executeNow(executed: Executed, caller: string, turn: Turn): ExecutionResult | Promise<ExecutionResult> {
    let result: ExecutionResult | Promise<ExecutionResult>
    try {
      result = execute(executed)
    } catch (error) {
      ended(caller, turn)
      throw error
    }
    if (!('then' in result)) {
      ended(caller, turn)
      return result
    }
    return result.finally(() => ended(caller, turn))
  }

  return (executed) => {
    // Pushes take no turns. How many there are is limited by how many subscriptions there may be.
    if (executed.operation.operation === 'subscription') return execute(executed)
    const { caller } = executed.contextValue as { caller: Caller }
    const id = callerId(caller)
    const { atOnce, waiting } = limits[caller.kind]
    let turn = turns.get(id)
    if (!turn) {
      turn = { atOnce, running: 0, waiting: [] }
      turns.set(id, turn)
    }
    if (mayStart(id, turn)) {
      turn.running++
      return executeNow(executed, id, turn)
    }
    if (turn.waiting.length >= waiting) return { errors: [tooMany(waiting)] }
    const { waiting: queue } = turn
    const mine = turn
    return new Promise<void>((resolve) => queue.push(resolve)).then(() => executeNow(executed, id, mine))
  }
}

function tooMany(waiting: number): GraphQLError {
  return new GraphQLError(
    `${waiting} of your operations are already waiting. Send the next one when some of them have been answered.`,
    { extensions: tooManyRequests('waiting-operations', 1) },
  )
}
