import type { AuthorizationFailureCode } from '../../generated/prisma/enums.js'
import type { Provider } from '../catalogue/provider.js'
import type { AccountKey } from './account-key.js'
import type { NetworkFailure } from './network-failure.js'

export interface ClientCredentials {
  clientId: string
  /** With private_key_jwt, the private key: a JWK or PKCS #8 in PEM. Null for a client without a secret. */
  clientSecret: string | null
}

/** One client at one provider. */
export interface OAuthTarget {
  provider: Provider
  credentials: ClientCredentials
  redirectUri: string
  /** The server that the connection's callback named, for providers with several. */
  server?: string | null
}

/** Values that a runtime needs with a connection's token, by the names that the provider's data declares. */
export type Metadata = Record<string, string>

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
  /** The values that came with the tokens. */
  metadata: Metadata
  /** The origin that redeems the refresh token, if the callback named one. */
  server: string | null
  /** Whether the access token has yet to be exchanged for a long-lived one, which the next refresh does. */
  isShortLived?: boolean
}

/** What a refresh returned. */
export interface RefreshedTokens extends Tokens {
  /** The response itself, if a new refresh token in it can't be read. It may be readable once the settings are right. */
  unread: string | null
}

/** What a token response that can't be used still says about its tokens. At least one isn't null. */
export interface SalvagedTokens {
  accessToken: string | null
  refreshToken: string | null
}

/** A response to a refresh that has tokens and can't be used as it is. */
export interface UnreadAnswer {
  text: string
  tokens: SalvagedTokens
}

/** What an app says about its refusal, for operators. Contains nothing that was sent to it. */
export interface ReportedError {
  /** The host that responded. Null for what a browser brought. */
  host: string | null
  /** Null for what a browser brought. */
  status: number | null
  code: string | null
  /** At most 300 characters, on one line. */
  description: string | null
}

/** The tokens of an exchange, which may also name the account. */
export interface ExchangedTokens extends Tokens {
  /** The token response's members, with numbers exactly as they were sent. Contains the tokens. */
  answer: unknown
}

export interface ExternalAccount extends AccountKey {
  label: string | null
}

/** What the app says about a token. */
export interface Identified {
  /** Null if the provider doesn't say. */
  account: ExternalAccount | null
  /** All values that are known now. */
  metadata: Metadata
}

/** One of several accounts that the same token is for, such as a site. */
export interface AccountChoice extends Identified {
  /** The app's own id for it, exactly as it was sent. */
  id: string
  /** For people. At most 200 characters, and different from the others'. */
  label: string
}

/** The same for tokens of an exchange. */
export interface IdentifiedExchange extends Identified {
  /** If the provider lists what the tokens are for: what the person can choose from. `account` is null then. */
  choices: readonly AccountChoice[] | null
}

/** Talks to providers. It uses the network, so never call it inside a transaction. */
export interface OAuthClient {
  newSecrets(): { state: string; codeVerifier: string }
  authorizationUrl(target: OAuthTarget, request: AuthorizationRequest): URL
  /**
   * Checks the callback's `iss`, `error` and `code`.
   * @throws OAuthError
   */
  checkCallback(target: OAuthTarget, parameters: URLSearchParams): void
  /** @throws OAuthError */
  exchange(target: OAuthTarget, parameters: URLSearchParams, codeVerifier: string): Promise<ExchangedTokens>
  /**
   * Exchanges a refresh token for new tokens (RFC 6749 §6). If the response has no refresh token, the old one remains
   * valid. Members that mean nothing are left out, because the tokens that they came with replace the old ones.
   * For providers with long-lived tokens in place of refresh tokens, the refresh token is the access token itself.
   * @param scopes what was granted, for providers that want it repeated
   * @param isShortLived whether it has yet to be exchanged for a long-lived one
   * @throws OAuthError whose verdict says whether the failure is final
   */
  refresh(
    target: OAuthTarget,
    refreshToken: string,
    scopes: readonly string[],
    isShortLived?: boolean,
  ): Promise<RefreshedTokens>
  /** Reads a response to a refresh again, by the current settings. Null if it still can't be used. */
  reread(provider: Provider, answer: string): Tokens | null
  /**
   * Returns the account that the token belongs to, and the values that are known of the connection. Tokens of an exchange
   * may name the account themselves, and all values that the provider declares as required have to be there.
   * @throws OAuthError with the verdict ACCESS_ENDED if the app doesn't accept the token
   */
  identify(
    provider: Provider,
    tokens: Pick<ExchangedTokens, 'accessToken' | 'metadata'> & Partial<ExchangedTokens>,
  ): Promise<IdentifiedExchange>
  /**
   * Revokes at the app (RFC 7009). Does nothing if the app offers no revocation.
   * @throws OAuthError with the verdict ACCESS_ENDED if only a valid access token revokes, and this one isn't
   */
  revoke(target: OAuthTarget, tokens: Pick<Tokens, 'accessToken' | 'refreshToken'>): Promise<void>
}

/** Why an authorization failed, in the words shown to the user. Never contains what the app sent. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  /** Not a property, so that no log prints it. */
  readonly #unread: UnreadAnswer | null

  constructor(
    readonly code: Extract<
      AuthorizationFailureCode,
      | 'DENIED_BY_USER'
      | 'INTERACTION_REQUIRED'
      | 'APPROVAL_PENDING'
      | 'APPROVAL_GRANTED'
      | 'NO_CODE_RECEIVED'
      | 'APP_UNAVAILABLE'
      | 'APP_REFUSED'
      | 'ISSUER_MISMATCH'
      | 'INVALID_TOKEN_RESPONSE'
    >,
    /** The provider's own error code, if it is well-formed. */
    readonly detail: string | null = null,
    {
      verdict = null,
      retryAfterMs = null,
      answered = true,
      reported = null,
      network = null,
      unread = null,
      ...options
    }: ErrorOptions & Partial<AppAnswer & { unread: UnreadAnswer | null }> = {},
  ) {
    super(detail ? `${code} (${detail})` : code, options)
    this.verdict = verdict
    this.retryAfterMs = retryAfterMs
    this.answered = answered
    this.reported = reported
    this.network = network
    this.#unread = unread
  }

  /** Returns the same error with what the app said about it. */
  reportedAs(reported: ReportedError): OAuthError {
    const { code, detail, verdict, retryAfterMs, answered, network, unread } = this
    return new OAuthError(code, detail, {
      verdict,
      retryAfterMs,
      answered,
      network,
      unread,
      reported,
      cause: this.cause,
    })
  }

  /** The response, if it has tokens although it was refused. */
  get unread(): UnreadAnswer | null {
    return this.#unread
  }

  readonly verdict: AppAnswer['verdict']
  readonly retryAfterMs: AppAnswer['retryAfterMs']
  readonly answered: AppAnswer['answered']
  readonly reported: AppAnswer['reported']
  readonly network: AppAnswer['network']
}

/** What an app's refusal means for the tokens that were sent to it. */
export interface AppAnswer {
  /**
   * ACCESS_ENDED: the app no longer accepts the tokens, whatever is tried. CLIENT_REFUSED: it doesn't accept Patchbay's
   * credentials or request, which an operator can fix, unless it accepts them for others. REFUSED: it doesn't say why.
   * Null: it may work later.
   */
  verdict: 'ACCESS_ENDED' | 'CLIENT_REFUSED' | 'REFUSED' | null
  /** How long the app asks to be left alone (RFC 9110 §10.2.3). */
  retryAfterMs: number | null
  /** Whether there was a clear response. Without one, the app may have done what it was asked. */
  answered: boolean
  /** What the app says about it. Null if it said nothing. */
  reported: ReportedError | null
  /** Why there is no response that could be used. Null if there is one. */
  network: NetworkFailure | null
}
