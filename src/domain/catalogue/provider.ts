import * as z from 'zod'
import { IdentitySchema, LookupSchema, MetadataSchema, TokenServerSchema } from './account-schemas.js'
import { ApiSchema } from './api-settings.js'
import { CallbackSchema } from './callback-settings.js'
import { HttpUrlSchema, IssuerTemplateSchema, RevocationUrlSchema, TemplateUrlSchema } from './field-schemas.js'
import {
  ClientAuthenticationSchema,
  LongLivedTokenSchema,
  RevocationSchema,
  ScopeRulesSchema,
  TokenRequestSchema,
  TokenResponseSchema,
} from './token-endpoint-settings.js'
import { type Variable, VariablesSchema } from './variables.js'

/** What scopes mean, by scope, in words for the person who is asked to allow them. */
export const ScopeDescriptionsSchema = z.record(z.string(), z.string().trim().min(1).max(200))

/**
 * How one company's OAuth works: data, not code. The catalogue's providers have this shape, and so do the ones that
 * operators describe.
 */
export const ProviderSchema = z.strictObject({
  authorizationUrl: TemplateUrlSchema.describe('Authorization endpoint (RFC 6749 §3.1).'),
  tokenUrl: TemplateUrlSchema.describe('Token endpoint (RFC 6749 §3.2).'),
  revocationUrl: RevocationUrlSchema.nullable()
    .default(null)
    .describe(
      'Revocation endpoint (RFC 7009); null when there is none. `{client_id}` and `{token}` stand for these values of the request.',
    ),
  revocation: RevocationSchema.default(RevocationSchema.parse({})).describe(
    'What differs from the standard in requests that revoke.',
  ),
  issuer: TemplateUrlSchema.nullable()
    .default(null)
    .describe('Issuer identifier, compared with the callback’s `iss` (RFC 9207).'),
  issuerTemplate: IssuerTemplateSchema.nullable()
    .default(null)
    .describe(
      'For providers with an issuer per tenant: the issuer with `{tenantid}` in its place, as the metadata has it. A callback’s `iss` may then name any tenant.',
    ),
  requiresIssuer: z
    .boolean()
    .default(false)
    .describe('Whether the provider advertises `iss`. If so, Patchbay refuses a callback without it.'),
  pkce: z.boolean().default(true).describe('Whether the provider supports PKCE with S256 (RFC 7636).'),
  clientAuthentication: ClientAuthenticationSchema.default('client_secret_basic').describe(
    'How the client identifies itself at the token endpoint (RFC 6749 §2.3.1).',
  ),
  assertionAudience: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('`aud` of the client assertion with private_key_jwt; null for the issuer, otherwise the token endpoint.'),
  tokenRequest: TokenRequestSchema.default(TokenRequestSchema.parse({})).describe(
    'What differs from the standard in token requests.',
  ),
  tokenResponse: TokenResponseSchema.default(TokenResponseSchema.parse({})).describe(
    'What differs from the standard in token responses.',
  ),
  longLivedToken: LongLivedTokenSchema.nullable()
    .default(null)
    .describe('For providers without refresh tokens: how a short-lived token becomes a long-lived one, and lasts.'),
  responseMode: z
    .enum(['query', 'form_post'])
    .default('query')
    .describe('How the provider sends its response to the callback.'),
  callback: CallbackSchema.default(CallbackSchema.parse({})).describe(
    'What a callback has besides, so that Patchbay can check where it comes from.',
  ),
  scopeParameter: z.string().min(1).default('scope').describe('Name of the scope parameter in the authorization URL.'),
  scopeSeparator: z.string().min(1).default(' ').describe('The separator between scopes, in requests and responses.'),
  authorizationParameters: z
    .record(z.string(), z.string())
    .default({})
    .describe('Fixed parameters of the authorization URL.'),
  deniedErrors: z
    .array(z.string().min(1))
    .default([])
    .describe('The provider’s own error codes for a person who declined, in addition to those that Patchbay knows.'),
  approvalErrors: z
    .array(z.string().min(1))
    .default([])
    .describe('The provider’s own error codes that mean that someone else has to approve first.'),
  tokensAt: z
    .string()
    .nullable()
    .default(null)
    .describe('Member of the token response that contains the tokens, if they are nested. Members are joined by dots.'),
  identityScopes: z
    .array(z.string())
    .default([])
    .describe('Scopes needed to identify the account. Every authorization requests them.'),
  identity: IdentitySchema.nullable()
    .default(null)
    .describe('How to find out which account was connected. Null if the provider doesn’t say.'),
  lookup: LookupSchema.nullable()
    .default(null)
    .describe('A further request after the exchange, for `metadata` that nothing else has.'),
  metadata: MetadataSchema.default({}).describe(
    'Values of the connection that a runtime needs with the token, by name, and where they come from.',
  ),
  variables: VariablesSchema.default([]).describe(
    'What a person is asked before the consent screen, because it is a part of the URLs: `{name}` stands for it.',
  ),
  tokenServer: TokenServerSchema.nullable()
    .default(null)
    .describe('The callback’s parameter that says at which server to redeem, and the servers that are accepted.'),
  grantedScopesFrom: z
    .enum(['tokens', 'callback'])
    .default('tokens')
    .describe('What reports the granted scopes: the token response, or the callback’s `scope`.'),
  scopeAliases: z.record(z.string(), z.string()).default({}).describe('Granted name → requested name, if they differ.'),
  scopeRules: ScopeRulesSchema.default(ScopeRulesSchema.parse({})).describe(
    'Which scopes are the same, and which contain others.',
  ),
  scopeDescriptions: ScopeDescriptionsSchema.default({}).describe(
    'What each scope allows, in words for the person who is asked: “Read your mail”.',
  ),
  unreportedScopes: z
    .array(z.string())
    .default([])
    .describe('Scopes that responses never list. They count as granted if they were requested.'),
  accessEndedErrors: z
    .array(z.string())
    .default([])
    .describe(
      'Error codes, apart from invalid_grant (RFC 6749 §5.2), that mean that the app no longer accepts the token.',
    ),
  revocationEndsGrant: z
    .boolean()
    .default(true)
    .describe('Whether revoking one token ends all of the client’s tokens for that account.'),
  api: ApiSchema.default(ApiSchema.parse({})).describe(
    'How a runtime calls the API: what it gets with an access token.',
  ),
  signInUrl: HttpUrlSchema.nullable().default(null).describe('Where people sign in to the app.'),
})

export type Provider = z.infer<typeof ProviderSchema>

/** Returns the URLs that Patchbay or a browser opens at a provider, by setting. */
export function endpointUrls(provider: Provider): { setting: string; url: string }[] {
  const { authorizationUrl, tokenUrl, revocationUrl, tokenRequest, longLivedToken, identity, lookup } = provider
  const urls = {
    authorizationUrl,
    tokenUrl,
    'tokenRequest.refreshUrl': tokenRequest.refreshUrl,
    'longLivedToken.exchange.url': longLivedToken?.exchange.url,
    'longLivedToken.refresh.url': longLivedToken?.refresh.url,
    revocationUrl,
    'identity.url': identity?.url,
    'lookup.url': lookup?.url,
  }
  return Object.entries(urls).flatMap(([setting, url]) => (url ? [{ setting, url }] : []))
}

/** The catalogue's providers by slug. Each is read when it is first used. */
export interface Providers {
  get(slug: string): Provider | undefined
  /** Returns what an operator has to say for a connector of this provider, because its URLs need it. */
  operatorVariables(slug: string): readonly Variable[]
  /** Returns the slugs of all of them, sorted. */
  slugs(): readonly string[]
}
