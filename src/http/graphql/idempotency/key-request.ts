import { createHash, createHmac } from 'node:crypto'
import { print } from 'graphql'
import type { KeyRequest } from '../../../domain/idempotency/idempotency-records.js'
import { type Caller, callerId } from '../../../domain/identity/caller.js'
import type { Executed } from '../execution/executor.js'

/**
 * Returns what the database learns of a request with a key: neither the key nor the operation. The fingerprint needs the
 * key, so that no one can guess a secret in the variables from it.
 */
export function keyRequestOf(caller: Caller, key: string, executed: Executed): KeyRequest {
  const owner = ownerOf(caller)
  return {
    recordId: createHash('sha256').update(`${owner}\n${key}`).digest('base64url'),
    callerId: owner,
    userId: caller.kind === 'user' ? caller.viewer.userId : null,
    fingerprint: createHmac('sha256', key).update(textOf(executed)).digest('base64url'),
  }
}

/** A setup session sees less than its user, so it has its own keys. */
function ownerOf(caller: Caller): string {
  if (caller.kind === 'user' && caller.viewer.session) return `session ${caller.viewer.session.id}`
  return `${caller.kind} ${callerId(caller)}`
}

/** The operation as text: the same for the same document, name and variables, in whatever order these have. */
function textOf({ document, operation, variableValues }: Executed): string {
  const source = document.loc?.source.body ?? print(document)
  return JSON.stringify([source, operation.name?.value ?? null, variableValues], sorted)
}

function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
