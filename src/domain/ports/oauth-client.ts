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
  /** The PKCE code verifier (RFC 7636 §4.1). Unused if the provider doesn't support PKCE. */
  codeVerifier: string
  scopes: readonly string[]
}

export interface Tokens {
  accessToken: string
  refreshToken: string | null
  /** Seconds from the response, or null if the app didn't say. */
  expiresInSeconds: number | null
  /** The response's `scope`, or undefined if it had none. */
  scope: string | undefined
}

export interface ExternalAccount {
  id: string
  label: string | null
}

/** Talks to providers. It uses the network, so never call it inside a transaction. */
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
   * Exchanges a refresh token for new tokens (RFC 6749 §6). If the response has no refresh token, the old one remains
   * valid.
   * @throws OAuthError whose verdict says whether the failure is final
   */
  refresh(target: OAuthTarget, refreshToken: string): Promise<Tokens>
  /**
   * Returns the account that the token belongs to, or null if the provider doesn't say.
   * @throws OAuthError with the verdict ACCESS_ENDED if the app doesn't accept the token
   */
  identify(provider: Provider, accessToken: string): Promise<ExternalAccount | null>
  /**
   * Revokes at the app (RFC 7009). Does nothing if the app offers no revocation.
   * @throws OAuthError
   */
  revoke(target: OAuthTarget, tokens: Pick<Tokens, 'accessToken' | 'refreshToken'>): Promise<void>
}

/** Why an authorization failed, in the words shown to the user. Never contains what the app sent. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  constructor(
    readonly code: Extract<
      AuthorizationFailureCode,
      'DENIED_BY_USER' | 'APP_UNAVAILABLE' | 'APP_REFUSED' | 'ISSUER_MISMATCH' | 'INVALID_TOKEN_RESPONSE'
    >,
    /** The provider's own error code, if it is well-formed. */
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

/** What an app's refusal means for the tokens that were sent to it. */
export interface AppAnswer {
  /**
   * ACCESS_ENDED: the app no longer accepts the tokens, whatever is tried. CLIENT_REFUSED: it doesn't accept Patchbay's
   * credentials, and an operator has to fix them. Null: it may work later.
   */
  verdict: 'ACCESS_ENDED' | 'CLIENT_REFUSED' | null
  /** How long the app asks to be left alone (RFC 9110 §10.2.3). */
  retryAfterMs: number | null
  /** Whether there was a response. Without one, the app may have done what it was asked. */
  answered: boolean
}
