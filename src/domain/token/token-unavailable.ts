import { DomainError } from '../errors.js'
import type { Remedy } from '../view/setup-rules.js'

/** Why no access token is available. */
export type TokenUnavailableReason =
  | 'NOT_CONNECTED'
  | 'AMBIGUOUS_CONNECTION'
  | 'CONNECTION_EXPIRED'
  | 'CONNECTION_BROKEN'
  | 'MISSING_SCOPES'
  | 'CONNECTOR_UNAVAILABLE'
  | 'LIFETIME_TOO_SHORT'
  | 'APP_UNAVAILABLE'
  | 'CLIENT_REFUSED'
  | 'VAULT_UNAVAILABLE'

interface Facts {
  missingScopes?: readonly string[]
  retryInMs?: number
  /** A message that replaces the reason's own. */
  message?: string
}

const REASONS: Record<TokenUnavailableReason, { remedy: Remedy | null; message: (app: string) => string }> = {
  NOT_CONNECTED: { remedy: 'CONNECT', message: (app) => `${app} isn’t connected. Ask the user to connect it.` },
  AMBIGUOUS_CONNECTION: {
    remedy: null,
    message: (app) =>
      `The user has several ${app} accounts. Pass the skill, the setup or the connection that the token is for.`,
  },
  CONNECTION_EXPIRED: {
    remedy: 'REAUTHORIZE',
    message: (app) => `${app} access has expired. Ask the user to reconnect.`,
  },
  CONNECTION_BROKEN: {
    remedy: 'REAUTHORIZE',
    message: (app) => `${app} no longer accepts this connection. Ask the user to reconnect.`,
  },
  MISSING_SCOPES: {
    remedy: 'GRANT_SCOPES',
    message: (app) =>
      `The user hasn’t granted every ${app} permission that the skill needs. Ask the user to grant the missing ones.`,
  },
  CONNECTOR_UNAVAILABLE: {
    remedy: 'ASK_OPERATOR',
    message: (app) => `${app} can’t be used yet. An operator has to add its client credentials.`,
  },
  LIFETIME_TOO_SHORT: {
    remedy: null,
    message: (app) => `${app} tokens don’t last that long. Pass a smaller minTtlSeconds.`,
  },
  APP_UNAVAILABLE: {
    remedy: 'WAIT',
    message: (app) => `${app} isn’t issuing tokens right now. Try again after retryAfterSeconds.`,
  },
  CLIENT_REFUSED: {
    remedy: 'ASK_OPERATOR',
    message: (app) =>
      `${app} doesn’t accept the connector’s client credentials or settings. An operator has to correct them. The user doesn’t have to do anything.`,
  },
  VAULT_UNAVAILABLE: {
    remedy: 'ASK_OPERATOR',
    message: () => 'The stored token can’t be opened right now. Try again. If the problem persists, ask an operator.',
  },
}

/** No access token is available now. Says why, and what the user can do. */
export class AccessTokenUnavailableError extends DomainError {
  override readonly name = 'AccessTokenUnavailableError'
  readonly remedy: Remedy | null
  readonly missingScopes: readonly string[]
  /** When trying again may help, in whole seconds. Null if only the remedy helps. */
  readonly retryAfterSeconds: number | null
  constructor(
    readonly reason: TokenUnavailableReason,
    app: string,
    { missingScopes = [], retryInMs, message }: Facts = {},
  ) {
    super(message ?? REASONS[reason].message(app))
    this.remedy = REASONS[reason].remedy
    this.missingScopes = missingScopes
    this.retryAfterSeconds = retryInMs === undefined ? null : Math.max(1, Math.ceil(retryInMs / 1000))
  }
}
