import type {
  ActivityKind,
  AuthorizationBinding,
  AuthorizationDisplay,
  AuthorizationFailureCode,
  AuthorizationStatus,
} from '../../generated/prisma/enums.js'
import type { Tx } from '../db.js'
import { causeOf, type FailureCause, type FailureStage, operatorsFailureCode } from '../ports/failure-cause.js'
import type { OAuthError } from '../ports/oauth-client.js'
import { type Sql, statement } from '../ports/sql.js'
import type { AuthorizationEnd } from '../ports/telemetry.js'
import { giveBackKeptTokens } from './kept-tokens.js'

/** An authorization with everything needed to continue it. Only for the server, never for a client. */
export interface AuthorizationRecord {
  id: string
  userId: string
  user: { organization: string }
  connectorSlug: string
  setupId: string | null
  /** The connection to repair, or null for a new account. */
  targetConnectionId: string | null
  status: AuthorizationStatus
  binding: AuthorizationBinding
  display: AuthorizationDisplay
  returnTo: string | null
  scopes: string[]
  /** SHA-256 of the cookie of the browser that started it. Null with the binding CONFIRM. */
  browserHash: Uint8Array | null
  failureCode: AuthorizationFailureCode | null
  /** What it must remember. Null once it has ended. */
  secret: { sealed: Uint8Array; confirmationCodeHash: Uint8Array | null } | null
  /** The connector's client at its provider, sealed. */
  sealedCredentials: Uint8Array | null
  /** The catalogue's revision at the same moment. */
  catalogueRevision: number
}

interface Row extends Omit<AuthorizationRecord, 'user' | 'secret'> {
  organization: string
  sealedSecret: Uint8Array | null
  confirmationCodeHash: Uint8Array | null
}

const SELECT_RECORD = `
  SELECT tried.id, "userId", organization, tried."connectorSlug", "setupId", "targetConnectionId", status::text,
    binding::text, display::text, "returnTo", scopes, "browserHash", "failureCode"::text,
    secret.sealed AS "sealedSecret", "confirmationCodeHash", credential.sealed AS "sealedCredentials",
    COALESCE((SELECT revision FROM "Catalogue" WHERE id = 1), 0) AS "catalogueRevision"
  FROM "Authorization" tried
  JOIN "User" ON "User".id = "userId"
  LEFT JOIN "AuthorizationSecret" secret ON "authorizationId" = tried.id
  LEFT JOIN "ConnectorCredential" credential ON credential."connectorSlug" = tried."connectorSlug"`

const FIND = statement<[id: string], Row>('find-authorization', `${SELECT_RECORD} WHERE tried.id = $1::uuid`)

const FIND_BY_STATE = statement<[stateHash: Uint8Array], Row>(
  'find-authorization-by-state',
  `${SELECT_RECORD} WHERE "stateHash" = $1::bytea`,
)

export async function findAuthorization(sql: Sql, id: string): Promise<AuthorizationRecord | null> {
  const [row] = await sql.run(FIND, id)
  return row ? recordOf(row) : null
}

export async function findAuthorizationByState(sql: Sql, stateHash: Uint8Array): Promise<AuthorizationRecord | null> {
  const [row] = await sql.run(FIND_BY_STATE, stateHash)
  return row ? recordOf(row) : null
}

function recordOf({ organization, sealedSecret, confirmationCodeHash, ...row }: Row): AuthorizationRecord {
  return {
    ...row,
    user: { organization },
    secret: sealedSecret && { sealed: sealedSecret, confirmationCodeHash },
  }
}

/** How an authorization ends if it doesn't succeed. */
export interface Ending {
  status: 'DENIED' | 'FAILED' | 'EXPIRED' | 'CANCELED'
  failureCode?: AuthorizationFailureCode | null
  failureDetail?: string | null
  /** For operators. */
  cause?: FailureCause | null
}

export const DEADLINE_PASSED: Ending = { status: 'EXPIRED', failureCode: 'DEADLINE_PASSED' }
/** For an authorization that was left while it awaited the person's choice. */
export const NOTHING_CHOSEN: Ending = { status: 'EXPIRED', failureCode: 'NOTHING_CHOSEN' }
export const INTERRUPTED: Ending = { status: 'FAILED', failureCode: 'INTERRUPTED' }
/** The app lists nothing that could be connected. */
export const NOTHING_TO_CHOOSE: Ending = { status: 'FAILED', failureCode: 'NOTHING_TO_CHOOSE' }
/** The tokens belong to another account than the connection to repair. */
export const OTHER_ACCOUNT: Ending = { status: 'FAILED', failureCode: 'ACCOUNT_MISMATCH' }
export const CONNECTOR_UNAVAILABLE: Ending = { status: 'FAILED', failureCode: 'CONNECTOR_UNAVAILABLE' }

/** Returns how an authorization ends at its deadline. */
export function pastDeadline({ status }: Pick<AuthorizationRecord, 'status'>): Ending {
  return status === 'AWAITING_CHOICE' ? NOTHING_CHOSEN : DEADLINE_PASSED
}

const ACTIVITY: Record<Ending['status'], ActivityKind> = {
  DENIED: 'AUTHORIZATION_DENIED',
  FAILED: 'AUTHORIZATION_FAILED',
  EXPIRED: 'AUTHORIZATION_EXPIRED',
  CANCELED: 'AUTHORIZATION_CANCELED',
}

/**
 * Writes the final state of an authorization that didn't succeed, deletes its secrets, and has the tokens revoked that it
 * kept for a choice. The user's row must be locked.
 * @returns what has ended once this is committed
 */
export async function endAuthorization(
  tx: Tx,
  authorization: Pick<AuthorizationRecord, 'id' | 'userId' | 'connectorSlug'>,
  now: Date,
  { status, failureCode = null, failureDetail = null, cause = null }: Ending,
): Promise<AuthorizationEnd[]> {
  await tx.authorization.update({
    where: { id: authorization.id },
    data: { status, endedAt: now, failureCode, failureDetail, ...(cause && { failureCause: { ...cause } }) },
  })
  await tx.authorizationSecret.deleteMany({ where: { authorizationId: authorization.id } })
  await giveBackKeptTokens(tx, { authorizationId: authorization.id })
  await tx.activity.create({
    data: {
      userId: authorization.userId,
      at: now,
      kind: ACTIVITY[status],
      connectorSlug: authorization.connectorSlug,
      detail: failureCode,
    },
  })
  return [{ id: authorization.id, connectorSlug: authorization.connectorSlug, status, failureCode, cause }]
}

/** Up to the person or to someone else, with an app that works. */
const UNFINISHED: readonly AuthorizationFailureCode[] = ['INTERACTION_REQUIRED', 'APPROVAL_PENDING', 'APPROVAL_GRANTED']

/** @param stage what failed */
export function endingOf(error: OAuthError, stage: FailureStage): Ending {
  if (error.code === 'DENIED_BY_USER') return { status: 'DENIED', failureCode: error.code }
  if (UNFINISHED.includes(error.code)) {
    return { status: 'FAILED', failureCode: error.code, failureDetail: error.detail }
  }
  const cause = causeOf(stage, error)
  const failureCode = operatorsFailureCode(cause) ?? error.code
  return { status: 'FAILED', failureCode, failureDetail: error.detail, cause }
}
