import { GraphQLError } from 'graphql'
import type { KeyState } from '../../../domain/idempotency/idempotency-records.js'
import { type KeyedMutation, SHOWN_ONCE } from '../../../domain/idempotency/keyed-mutations.js'
import { tooManyRequests } from '../too-many-requests.js'

/** Most mutations take milliseconds. */
const RETRY_SECONDS = 1

export type Refused = Exclude<KeyState, { kind: 'claimed' | 'answered' }>

export function invalidKey(): GraphQLError {
  return refusal(
    'BAD_REQUEST',
    400,
    'Idempotency-Key must have 1 to 255 characters of printable ASCII. A random UUID makes a good key.',
  )
}

/** @param mutations how many there are */
export function severalMutations(mutations: number): GraphQLError {
  const message = `With an Idempotency-Key, send each mutation in an operation of its own. This one has ${mutations}.`
  return refusal('BAD_REQUEST', 400, message)
}

/** Returns the answer to a request that isn't carried out because of its key: 409 means to wait, 422 to use another key. */
export function keyRefusal(state: Refused, mutation: KeyedMutation): GraphQLError {
  switch (state.kind) {
    case 'in-use':
      return new GraphQLError(
        'The first request with this Idempotency-Key is still in progress. Send the same request again after retryAfterSeconds.',
        {
          extensions: {
            code: 'IDEMPOTENCY_KEY_IN_USE',
            retryAfterSeconds: RETRY_SECONDS,
            http: { status: 409, headers: { 'retry-after': String(RETRY_SECONDS) } },
          },
        },
      )
    case 'reused':
      return refusal(
        'IDEMPOTENCY_KEY_REUSED',
        422,
        'This Idempotency-Key was used for another request. Use a new key for each operation, and the same one only to repeat it unchanged.',
      )
    case 'shown-once': {
      const { createdId } = state
      const message = `${done(mutation)} ${SHOWN_ONCE[mutation] ?? 'Its result has a secret that is shown only once.'}`
      return refusal('IDEMPOTENCY_SECRET_SHOWN_ONCE', 422, message, { createdId })
    }
    case 'not-kept': {
      const { createdId } = state
      const message = `${done(mutation)} Its result was lost or too large to be kept. Look up createdId instead. If it had a secret, create another one with a new key.`
      return refusal('IDEMPOTENCY_ANSWER_NOT_KEPT', 422, message, { createdId })
    }
    case 'too-many':
      return new GraphQLError(
        'You’ve used too many different Idempotency-Keys in the last 24 hours. Send the request without one, or wait for retryAfterSeconds.',
        { extensions: tooManyRequests('idempotency-keys', Math.ceil(state.retryInMs / 1_000)) },
      )
  }
}

function done(mutation: KeyedMutation): string {
  return `${mutation} has already been carried out with this Idempotency-Key, and wasn’t again.`
}

function refusal(code: string, status: number, message: string, facts: object = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...facts, http: { status } } })
}
