import type { ConnectionProblemCode } from '../../generated/prisma/enums.js'

/** What became of one refresh: `overtaken` when newer tokens were there by then, or the connection was gone. */
export type RefreshResult = 'refreshed' | 'ended' | 'failed' | 'client-refused' | 'overtaken'

/** Hears what becomes of connections, each time after the commit. Never throws, never waits. */
export interface ConnectionNotice {
  connectionRefreshed(connectorSlug: string, result: RefreshResult, durationMs: number): void
  connectionBroken(connectorSlug: string, code: ConnectionProblemCode): void
  /** The app does not accept Patchbay's credentials: only an operator can help. */
  clientRefused(connectorSlug: string, detail: string | null): void
  /** New tokens came and cannot be stored; it is tried again. */
  tokensHeld(connectorSlug: string, error: unknown): void
  /** New tokens could not be stored before the server stopped: the connection may have to be authorized again. */
  tokensLost(connectorSlug: string): void
  connectionChecked(connectorSlug: string, result: 'accepted' | 'refused' | 'unknown'): void
  tokenIssued(connectorSlug: string): void
  tokenRefused(connectorSlug: string, reason: string): void
}
