import { AsyncLocalStorage } from 'node:async_hooks'
import { sqlOn, type Tx } from '../db.js'
import { statement } from '../ports/sql.js'
import type { KeyedMutation } from './keyed-mutations.js'

/** An execution of an operation with an Idempotency-Key. */
export interface KeyedOperation {
  readonly mutation: KeyedMutation
  /** The record of the key, and this execution of it. */
  readonly recordId: string
  readonly attemptId: string
  /** Whether its result has a secret that is never stored. */
  shownOnce: boolean
}

/** Another instance has taken over the key, because this execution took too long. Nothing of it takes effect. */
export class KeyTakenOverError extends Error {
  override readonly name = 'KeyTakenOverError'
}

const operations = new AsyncLocalStorage<KeyedOperation>()

/** Executes an operation. What it does in the domain belongs to its key. */
export function runKeyed<T>(operation: KeyedOperation, work: () => T): T {
  return operations.run(operation, work)
}

const TAKE_EFFECT = statement<
  [recordId: string, attemptId: string, createdId: string, userId: string | null],
  { id: string }
>(
  'take-effect',
  `UPDATE "IdempotencyRecord" SET "createdId" = $3, "userId" = COALESCE($4::uuid, "userId")
  WHERE id = $1 AND "attemptId" = $2::uuid RETURNING id`,
)

/**
 * Records in the transaction of a mutation's effect that it takes effect, if the caller sent an Idempotency-Key. So
 * there is never one without the other, whenever the process stops. Without a key, it runs no statement.
 * @param createdId what is created, as the API names it
 * @param userId the user whose data the result has, if that isn't the caller
 * @throws KeyTakenOverError if another instance carries out the mutation by now
 */
export async function takeEffect(
  tx: Tx,
  mutation: KeyedMutation,
  createdId: string,
  userId: string | null = null,
): Promise<void> {
  const operation = operations.getStore()
  // One mutation may carry out another, whose effect is not its own.
  if (operation?.mutation !== mutation) return
  const marked = await sqlOn(tx).run(TAKE_EFFECT, operation.recordId, operation.attemptId, createdId, userId)
  if (marked.length === 0) throw new KeyTakenOverError('another instance has taken over the Idempotency-Key')
}

/** Returns a secret that is shown only once, and notes that the result which has it must not be stored. */
export function shownOnce<T>(secret: T): T {
  const operation = operations.getStore()
  if (operation) operation.shownOnce = true
  return secret
}
