import type {
  AuthorizationFailureCode,
  AuthorizationStatus,
  ConnectionProblemCode,
} from '../../generated/prisma/enums.js'
import type { FailureCause } from './failure-cause.js'
import type { VaultError } from './vault.js'

/** A claim of a token that isn't what the server expects. Its values aren't secret. */
export interface ClaimMismatch {
  claim: string
  /** One of these would be right. */
  expected: readonly string[]
  /** What the token has, cut off if it's long. Null if it lacks the claim. */
  actual: string | null
}

/**
 * Records what happens in the domain, for logs and metrics. There is one function per event, called after the commit.
 * Implementations never throw and never wait.
 */
export interface Telemetry {
  /** The rest of this request is about this authorization. */
  authorizationConcerned(id: string): void
  authorizationStarted(id: string, connectorSlug: string): void
  authorizationEnded(end: AuthorizationEnd): void

  connectionRefreshed(
    connectorSlug: string,
    result: RefreshResult,
    durationMs: number,
    cause: FailureCause | null,
  ): void
  connectionBroken(connectorSlug: string, code: ConnectionProblemCode): void
  connectionChecked(connectorSlug: string, result: 'accepted' | 'refused' | 'unknown', cause: FailureCause | null): void
  /** Tokens that belong to no connection couldn't be revoked at the app. */
  revocationFailed(connectorSlug: string, cause: FailureCause): void
  /** An issuer's metadata couldn't be read while an operator configured a connector. */
  discoveryFailed(connectorSlug: string, cause: FailureCause): void
  /** The app itself rejects Patchbay's client credentials, which only an operator can fix. */
  clientRefused(connectorSlug: string, detail: string | null, cause: FailureCause): void
  /** New tokens arrived and can't be stored yet. Patchbay keeps trying. */
  tokensHeld(connectorSlug: string, error: unknown): void
  /** New tokens couldn't be stored before the server stopped. The user may have to reconnect. */
  tokensLost(connectorSlug: string): void

  tokenIssued(connectorSlug: string): void
  tokenRefused(connectorSlug: string, reason: string): void

  setupSessionCreated(keyId: string): void
  keyRefused(reason: KeyRefusal): void
  /**
   * @param message what the caller is told, which has nothing of the credential
   * @param mismatch the claim that isn't as configured, if that's the reason
   */
  credentialRefused(reason: CredentialRefusal, message: string, mismatch?: ClaimMismatch): void
  /** @param connections how many of the user's connections ended */
  userDeleted(connections: number): void

  /** A delivery was tried, and the result is stored. */
  webhookTried(tried: WebhookTry): void
  webhookBacklog(backlog: WebhookBacklog): void
  /** An endpoint's due deliveries couldn't be claimed, or their results stored. Patchbay tries again. */
  webhooksFailed(error: unknown): void

  /** A secret couldn't be sealed or opened. */
  vaultFailed(error: VaultError): void
}

/** How an authorization ended. */
export interface AuthorizationEnd {
  id: string
  connectorSlug: string
  status: Extract<AuthorizationStatus, 'SUCCEEDED' | 'SUPERSEDED' | 'DENIED' | 'FAILED' | 'EXPIRED' | 'CANCELED'>
  failureCode: AuthorizationFailureCode | null
  cause?: FailureCause | null
}

/**
 * What one refresh resulted in. `refused`: the app refused without saying why. `unread`: there are tokens in the response
 * and they can't be used. `overtaken`: newer tokens had arrived by then, or the connection was gone.
 */
export type RefreshResult = 'refreshed' | 'ended' | 'failed' | 'refused' | 'client-refused' | 'unread' | 'overtaken'

/** Why Patchbay rejected an API key. Callers get the same answer for all of them. */
/**
 * Why a caller couldn't be authenticated: nothing was sent, it is no token, it has expired, a claim isn't right, no key of
 * the host has the token's `kid`, the signature is wrong, its algorithm isn't configured, or an API key or a setup session
 * isn't valid.
 */
export type CredentialRefusal =
  | 'missing'
  | 'malformed'
  | 'expired'
  | 'claim'
  | 'unknown-issuer'
  | 'unknown-key'
  | 'signature'
  | 'algorithm'
  | 'api-key'
  | 'setup-session'

export type KeyRefusal = 'damaged' | 'unknown' | 'wrong-secret' | 'rotated' | 'revoked'

/** One try of one delivery, and its result. */
export interface WebhookTry {
  deliveryId: string
  webhookId: string
  /** The event's type. */
  type: string
  outcome: 'DELIVERED' | 'PENDING' | 'DEAD'
  /** The receiver's HTTP status, or a word for why there was none. */
  result: string
  attempts: number
  durationMs: number
}

/** The deliveries that are still pending, over all endpoints. */
export interface WebhookBacklog {
  pending: number
  /** How long the oldest one has been pending, or 0 if none is. */
  oldestSeconds: number
}
