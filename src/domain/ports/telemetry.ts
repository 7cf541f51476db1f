import type { AuthorizationFailureCode, AuthorizationStatus } from '../../generated/prisma/enums.js'

/** The end of an attempt, whichever it was. */
export interface AuthorizationEnd {
  id: string
  connectorSlug: string
  status: Extract<AuthorizationStatus, 'SUCCEEDED' | 'SUPERSEDED' | 'DENIED' | 'FAILED' | 'EXPIRED' | 'CANCELED'>
  failureCode: AuthorizationFailureCode | null
}

/** Hears what becomes of attempts, sessions and users, each time after the commit. Never throws, never waits. */
export interface Notice {
  /** What follows is about this attempt. */
  authorizationConcerned(id: string): void
  authorizationStarted(id: string, connectorSlug: string): void
  authorizationEnded(end: AuthorizationEnd): void
  setupSessionCreated(keyId: string): void
  userDeleted(connections: number): void
}
