import { GraphQLError } from 'graphql'
import type { KeyState } from '../../../domain/idempotency/idempotency-records.js'
import { type KeyedMutation, SHOWN_ONCE } from '../../../domain/idempotency/keyed-mutations.js'
import { codedError, comingBack } from '../coded-error.js'
import { tooManyRequests } from '../too-many-requests.js'

export type Refused = Exclude<KeyState, { kind: 'claimed' | 'answered' }>

export function invalidKey(): GraphQLError {
  return codedError(
    'BAD_REQUEST',
    'Idempotency-Key must have 1 to 255 characters of printable ASCII. A random UUID makes a good key.',
  )
}

/** @param mutations how many there are */
export function severalMutations(mutations: number): GraphQLError {
  const message = `With an Idempotency-Key, send each mutation in an operation of its own. This one has ${mutations}.`
  return codedError('BAD_REQUEST', message)
}

/** Returns the answer to a request that isn't carried out because of its key: 409 means to wait, 422 to use another key. */
export function keyRefusal(state: Refused, mutation: KeyedMutation): GraphQLError {
  switch (state.kind) {
    case 'in-use':
      return codedError(
        'IDEMPOTENCY_KEY_IN_USE',
        'The first request with this Idempotency-Key is still in progress. Send the same request again after retryAfterSeconds.',
        comingBack(),
      )
    case 'reused':
      return codedError(
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key was used for another request. Use a new key for each operation, and the same one only to repeat it unchanged.',
      )
    case 'shown-once': {
      const { createdId } = state
      const message = `${done(mutation)} ${SHOWN_ONCE[mutation] ?? 'Its result has a secret that is shown only once.'}`
      return codedError('IDEMPOTENCY_SECRET_SHOWN_ONCE', message, { createdId })
    }
    case 'not-kept': {
      const { createdId } = state
      const message = `${done(mutation)} Its result was lost or too large to be kept. Look up createdId instead. If it had a secret, create another one with a new key.`
      return codedError('IDEMPOTENCY_ANSWER_NOT_KEPT', message, { createdId })
    }
    case 'too-many':
      return new GraphQLError(
        'You’ve used too many different Idempotency-Keys in the last 24 hours. Send the request without one, or wait for retryAfterSeconds.',
        { extensions: tooManyRequests('idempotency-keys', Math.ceil(state.retryInMs / 1_000)) },
      )
  }
}

function done(mutation: KeyedMutation): string {
  return `${mutation} has already been carried out with this Idempotency-Key, and wasn’t carried out a second time.`
}
