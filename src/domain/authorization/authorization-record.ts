import type { AuthorizationFailureCode, Prisma } from '../../generated/prisma/client.js'
import type { ActivityKind } from '../../generated/prisma/enums.js'
import type { Db, Tx } from '../change/revision.js'
import type { OAuthError } from '../ports/oauth-client.js'
import type { AuthorizationEnd } from '../ports/telemetry.js'

/** An attempt with what is needed to carry it on: for the server, never for a screen. */
export const attemptShape = {
  include: { secret: true, user: { select: { organization: true } } },
} satisfies Prisma.AuthorizationDefaultArgs

export type Attempt = Prisma.AuthorizationGetPayload<typeof attemptShape>

export function findAttempt(db: Db, id: string): Promise<Attempt | null> {
  return db.authorization.findUnique({ where: { id }, ...attemptShape })
}

export function findAttemptByState(db: Db, stateHash: Uint8Array<ArrayBuffer>): Promise<Attempt | null> {
  return db.authorization.findUnique({ where: { stateHash }, ...attemptShape })
}

/** How an attempt ends that does not succeed. */
export interface Ending {
  status: 'DENIED' | 'FAILED' | 'EXPIRED' | 'CANCELED'
  failureCode?: AuthorizationFailureCode | null
  failureDetail?: string | null
}

export const DEADLINE_PASSED: Ending = { status: 'EXPIRED', failureCode: 'DEADLINE_PASSED' }
export const INTERRUPTED: Ending = { status: 'FAILED', failureCode: 'INTERRUPTED' }
export const CONNECTOR_UNAVAILABLE: Ending = { status: 'FAILED', failureCode: 'CONNECTOR_UNAVAILABLE' }

const ACTIVITY: Record<Ending['status'], ActivityKind> = {
  DENIED: 'AUTHORIZATION_DENIED',
  FAILED: 'AUTHORIZATION_FAILED',
  EXPIRED: 'AUTHORIZATION_EXPIRED',
  CANCELED: 'AUTHORIZATION_CANCELED',
}

/** From here on the provider's code is being used. */
export async function startExchange(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.authorization.update({ where: { id }, data: { status: 'EXCHANGING', exchangeStartedAt: now } })
}

/**
 * Writes the terminal state of an attempt that did not succeed, and forgets its secrets. The user's row is locked by now.
 * @returns what has ended once this is committed
 */
export async function endAttempt(
  tx: Tx,
  attempt: Pick<Attempt, 'id' | 'userId' | 'connectorSlug'>,
  now: Date,
  { status, failureCode = null, failureDetail = null }: Ending,
): Promise<AuthorizationEnd[]> {
  await tx.authorization.update({
    where: { id: attempt.id },
    data: { status, endedAt: now, failureCode, failureDetail },
  })
  await tx.authorizationSecret.deleteMany({ where: { authorizationId: attempt.id } })
  await tx.activity.create({
    data: {
      userId: attempt.userId,
      at: now,
      kind: ACTIVITY[status],
      connectorSlug: attempt.connectorSlug,
      detail: failureCode,
    },
  })
  return [{ id: attempt.id, connectorSlug: attempt.connectorSlug, status, failureCode }]
}

export function endingOf(error: OAuthError): Ending {
  const status = error.code === 'DENIED_BY_USER' ? 'DENIED' : 'FAILED'
  return { status, failureCode: error.code, failureDetail: error.detail }
}
