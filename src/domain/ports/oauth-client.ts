import type { AuthorizationFailureCode } from '../../generated/prisma/enums.js'
import type { Provider } from '../catalogue/provider.js'

export interface ClientCredentials {
  clientId: string
  clientSecret: string
}

/** One client at one provider. */
export interface OAuthTarget {
  provider: Provider
  credentials: ClientCredentials
  redirectUri: string
}

export interface AuthorizationRequest {
  /** 256 random bits. */
  state: string
  /** PKCE code verifier (RFC 7636 §4.1); unused where the provider takes no PKCE. */
  codeVerifier: string
  scopes: readonly string[]
}

export interface Tokens {
  accessToken: string
  refreshToken: string | null
  /** Seconds from the response, or null when the app did not say. */
  expiresInSeconds: number | null
  /** The response's `scope`; undefined when it had none. */
  scope: string | undefined
}

export interface ExternalAccount {
  id: string
  label: string | null
}

/** Speaks to providers. The network is behind it, so nothing here is called inside a transaction. */
export interface OAuthClient {
  newSecrets(): { state: string; codeVerifier: string }
  authorizationUrl(target: OAuthTarget, request: AuthorizationRequest): URL
  /**
   * Checks the callback's `iss` and `error`.
   * @throws OAuthError
   */
  checkCallback(target: OAuthTarget, parameters: URLSearchParams): void
  /** @throws OAuthError */
  exchange(target: OAuthTarget, parameters: URLSearchParams, codeVerifier: string): Promise<Tokens>
  /**
   * Exchanges a refresh token for new tokens (RFC 6749 §6). Without a refresh token in the answer the old one stays valid.
   * @throws OAuthError; its verdict says whether that is final
   */
  refresh(target: OAuthTarget, refreshToken: string): Promise<Tokens>
  /**
   * Which account the token belongs to; null where the provider does not tell.
   * @throws OAuthError; with the verdict ACCESS_ENDED when the app does not accept the token
   */
  identify(provider: Provider, accessToken: string): Promise<ExternalAccount | null>
  /**
   * Revokes at the app (RFC 7009); does nothing where it offers no revocation.
   * @throws OAuthError
   */
  revoke(target: OAuthTarget, tokens: Pick<Tokens, 'accessToken' | 'refreshToken'>): Promise<void>
}

/** Why an authorization failed, in the words shown to the user. Never carries what was received. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  constructor(
    readonly code: Extract<
      AuthorizationFailureCode,
      'DENIED_BY_USER' | 'APP_UNAVAILABLE' | 'APP_REFUSED' | 'ISSUER_MISMATCH' | 'INVALID_TOKEN_RESPONSE'
    >,
    /** The provider's own error code, when it is a well-formed one. */
    readonly detail: string | null = null,
    { verdict = null, retryAfterMs = null, answered = true, ...options }: ErrorOptions & Partial<AppAnswer> = {},
  ) {
    super(detail ? `${code} (${detail})` : code, options)
    this.verdict = verdict
    this.retryAfterMs = retryAfterMs
    this.answered = answered
  }

  readonly verdict: AppAnswer['verdict']
  readonly retryAfterMs: AppAnswer['retryAfterMs']
  readonly answered: AppAnswer['answered']
}

/** What an app's refusal means for the tokens it was asked with. */
export interface AppAnswer {
  /**
   * ACCESS_ENDED: the app no longer accepts the tokens, whatever is tried. CLIENT_REFUSED: it does not accept Patchbay's
   * credentials, which an operator repairs. Null: it may work another time.
   */
  verdict: 'ACCESS_ENDED' | 'CLIENT_REFUSED' | null
  /** How long the app asks to be left alone (RFC 9110 §10.2.3). */
  retryAfterMs: number | null
  /** Whether there was an answer. Without one the app may have done what it was asked. */
  answered: boolean
}
