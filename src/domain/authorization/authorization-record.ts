import type { AuthorizationFailureCode, Prisma } from '../../generated/prisma/client.js'
import type { ActivityKind } from '../../generated/prisma/enums.js'
import type { Db, Tx } from '../db.js'
import type { OAuthError } from '../ports/oauth-client.js'
import type { AuthorizationEnd } from '../ports/telemetry.js'

/** An authorization with everything needed to continue it. Only for the server, never for a client. */
export const authorizationRecord = {
  include: { secret: true, user: { select: { organization: true } } },
} satisfies Prisma.AuthorizationDefaultArgs

export type AuthorizationRecord = Prisma.AuthorizationGetPayload<typeof authorizationRecord>

export function findAuthorization(db: Db, id: string): Promise<AuthorizationRecord | null> {
  return db.authorization.findUnique({ where: { id }, ...authorizationRecord })
}

export function findAuthorizationByState(
  db: Db,
  stateHash: Uint8Array<ArrayBuffer>,
): Promise<AuthorizationRecord | null> {
  return db.authorization.findUnique({ where: { stateHash }, ...authorizationRecord })
}

/** How an authorization ends if it doesn't succeed. */
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

/** The provider's code is used from here on. */
export async function startExchange(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.authorization.update({ where: { id }, data: { status: 'EXCHANGING', exchangeStartedAt: now } })
}

/**
 * Writes the final state of an authorization that didn't succeed and deletes its secrets. The user's row must be
 * locked.
 * @returns what has ended once this is committed
 */
export async function endAuthorization(
  tx: Tx,
  authorization: Pick<AuthorizationRecord, 'id' | 'userId' | 'connectorSlug'>,
  now: Date,
  { status, failureCode = null, failureDetail = null }: Ending,
): Promise<AuthorizationEnd[]> {
  await tx.authorization.update({
    where: { id: authorization.id },
    data: { status, endedAt: now, failureCode, failureDetail },
  })
  await tx.authorizationSecret.deleteMany({ where: { authorizationId: authorization.id } })
  await tx.activity.create({
    data: {
      userId: authorization.userId,
      at: now,
      kind: ACTIVITY[status],
      connectorSlug: authorization.connectorSlug,
      detail: failureCode,
    },
  })
  return [{ id: authorization.id, connectorSlug: authorization.connectorSlug, status, failureCode }]
}

export function endingOf(error: OAuthError): Ending {
  const status = error.code === 'DENIED_BY_USER' ? 'DENIED' : 'FAILED'
  return { status, failureCode: error.code, failureDetail: error.detail }
}
