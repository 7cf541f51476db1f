import type { ExecutionResult } from 'graphql'
import { claimKey, type KeyState, keepAnswer, releaseKey } from '../../../domain/idempotency/idempotency-records.js'
import { isKeyedMutation, type KeyedMutation } from '../../../domain/idempotency/keyed-mutations.js'
import { type KeyedOperation, KeyTakenOverError, runKeyed } from '../../../domain/idempotency/keyed-operation.js'
import type { Caller } from '../../../domain/identity/caller.js'
import type { Sql } from '../../../domain/ports/sql.js'
import { currentRequest } from '../../../observability/request-scope.js'
import type { ServerTelemetry } from '../../../observability/telemetry.js'
import type { CarryOut, Executed } from '../execution/executor.js'
import { type Masking, masked } from '../masked.js'
import { type KeyChannel, keyIn } from './idempotency-key.js'
import { answerIn, isFinal, textOfAnswer } from './kept-answer.js'
import { invalidKey, keyRefusal, type Refused, severalMutations } from './key-refusals.js'
import { keyRequestOf } from './key-request.js'

interface Deps extends Masking {
  sql: Sql
  telemetry: ServerTelemetry
}

/** What the context of an operation says about its key. */
interface KeyedContext {
  caller: Caller
  idempotency: KeyChannel
}

/**
 * Carries out mutations with an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) once:
 *
 * 1. Without a key, or if nothing is created, they are executed as usual.
 * 2. The first request claims its key in the database, is executed, and its result is kept.
 * 3. The same request again gets that result, or the reason why it isn't kept. Nothing is executed.
 * 4. If nothing took effect, because of a fault or because the process stopped, the next request is executed.
 */
export function createKeyedExecution(deps: Deps): CarryOut {
  return (names, executed, run) => {
    const { caller, idempotency } = executed.contextValue as KeyedContext
    const { header } = idempotency
    const mutations = names.filter((name) => name !== '__typename')
    const mutation = mutations.find(isKeyedMutation)
    if (header === undefined || !mutation) return run()
    const key = keyIn(header)
    if (key === null) return { errors: [invalidKey()] }
    if (mutations.length > 1) return { errors: [severalMutations(mutations.length)] }
    return carryOutOnce(deps, { caller, key, mutation, channel: idempotency }, executed, run)
  }
}

interface Keyed {
  caller: Caller
  key: string
  mutation: KeyedMutation
  channel: KeyChannel
}

async function carryOutOnce(
  deps: Deps,
  { caller, key, mutation, channel }: Keyed,
  executed: Executed,
  run: Parameters<CarryOut>[2],
): Promise<ExecutionResult> {
  const request = keyRequestOf(caller, key, executed)
  let state: KeyState
  try {
    state = await claimKey(deps.sql, request)
  } catch (error) {
    return { errors: [masked(error, deps)] }
  }
  if (state.kind === 'claimed') {
    const operation = { mutation, recordId: request.recordId, attemptId: state.attemptId, shownOnce: false }
    return execute(deps, operation, run)
  }
  deps.telemetry.keyRepeated(state.kind)
  if (state.kind === 'answered' || state.kind === 'shown-once' || state.kind === 'not-kept') channel.markReplayed()
  if (state.kind === 'answered') return answerIn(state.answer, executed.operation)
  return refusing(state, mutation)
}

async function execute(deps: Deps, operation: KeyedOperation, run: Parameters<CarryOut>[2]): Promise<ExecutionResult> {
  const refusalsBefore = currentRequest()?.refusals.length ?? 0
  const result = await runKeyed(operation, async () => run())
  const refusals = currentRequest()?.refusals.slice(refusalsBefore) ?? []
  if (result.errors?.some(({ originalError }) => originalError instanceof KeyTakenOverError)) {
    deps.telemetry.keyRepeated('in-use')
    return refusing({ kind: 'in-use' }, operation.mutation)
  }
  const { errors } = result
  const answer = errors ? { ...result, errors: errors.map((error) => masked(error, deps)) } : result
  await finish(deps, operation, answer, refusals).catch(deps.telemetry.answerNotKept)
  return answer
}

/** Keeps the result, or releases the key. If that fails, the lease ends, and the record says whether there was an effect. */
async function finish(
  { sql }: Deps,
  { recordId, attemptId, shownOnce }: KeyedOperation,
  answer: ExecutionResult,
  refusals: readonly string[],
): Promise<void> {
  const text = shownOnce ? null : textOfAnswer(answer)
  const isKept = isFinal(answer, refusals) && (shownOnce || text !== null)
  await (isKept ? keepAnswer(sql, recordId, attemptId, text) : releaseKey(sql, recordId, attemptId))
}

function refusing(state: Refused, mutation: KeyedMutation): ExecutionResult {
  return { errors: [keyRefusal(state, mutation)] }
}
