import { DomainError } from '../errors.js'
import type { Remedy } from '../view/setup-rules.js'

/** Why there is no token to be had. */
export type TokenUnavailableReason =
  | 'NOT_CONNECTED'
  | 'AMBIGUOUS_CONNECTION'
  | 'CONNECTION_EXPIRED'
  | 'CONNECTION_BROKEN'
  | 'MISSING_SCOPES'
  | 'CONNECTOR_UNAVAILABLE'
  | 'LIFETIME_TOO_SHORT'
  | 'APP_UNAVAILABLE'
  | 'VAULT_UNAVAILABLE'

interface Facts {
  missingScopes?: readonly string[]
  retryInMs?: number
  /** What is said instead of the reason's own sentence. */
  message?: string
}

const REASONS: Record<TokenUnavailableReason, { remedy: Remedy | null; message: (app: string) => string }> = {
  NOT_CONNECTED: { remedy: 'CONNECT', message: (app) => `${app} is not connected. Ask the user to connect it.` },
  AMBIGUOUS_CONNECTION: {
    remedy: null,
    message: (app) =>
      `The user has several ${app} accounts. Name the setup or skill that the token is for, or the connection.`,
  },
  CONNECTION_EXPIRED: {
    remedy: 'REAUTHORIZE',
    message: (app) => `The access to ${app} has expired. Ask the user to authorize it again.`,
  },
  CONNECTION_BROKEN: {
    remedy: 'REAUTHORIZE',
    message: (app) => `${app} does not accept the connection any more. Ask the user to authorize it again.`,
  },
  MISSING_SCOPES: {
    remedy: 'GRANT_SCOPES',
    message: (app) => `The user has not allowed everything that the skill needs in ${app}. Ask for what is missing.`,
  },
  CONNECTOR_UNAVAILABLE: {
    remedy: 'ASK_OPERATOR',
    message: (app) => `${app} cannot be used at the moment: an operator has to configure its client credentials.`,
  },
  LIFETIME_TOO_SHORT: {
    remedy: null,
    message: (app) => `Tokens of ${app} do not live that long. Ask for a smaller minTtlSeconds.`,
  },
  APP_UNAVAILABLE: {
    remedy: 'WAIT',
    message: (app) => `${app} does not give out tokens at the moment. Try again after retryAfterSeconds.`,
  },
  VAULT_UNAVAILABLE: {
    remedy: 'ASK_OPERATOR',
    message: () => 'The stored token cannot be opened at the moment. Try again; if it stays, ask an operator.',
  },
}

/** There is no token for the runtime now; it says why, and what the user can do. */
export class AccessTokenUnavailableError extends DomainError {
  override readonly name = 'AccessTokenUnavailableError'
  readonly remedy: Remedy | null
  readonly missingScopes: readonly string[]
  /** When trying again may help, in whole seconds; null when only the remedy helps. */
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
