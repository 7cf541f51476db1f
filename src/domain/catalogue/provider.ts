import { z } from 'zod'
import { HttpUrlSchema } from './field-schemas.js'

/** What scopes mean, by scope, in words for the person who is asked to allow them. */
export const ScopeDescriptionsSchema = z.record(z.string(), z.string().trim().min(1).max(200))

/**
 * How one company's OAuth works: data, not code. The catalogue's providers have this shape, and so do the ones that
 * operators describe.
 */
export const ProviderSchema = z.strictObject({
  authorizationUrl: HttpUrlSchema.describe('Authorization endpoint (RFC 6749 §3.1).'),
  tokenUrl: HttpUrlSchema.describe('Token endpoint (RFC 6749 §3.2).'),
  revocationUrl: HttpUrlSchema.nullable()
    .default(null)
    .describe('Revocation endpoint (RFC 7009); null when there is none.'),
  issuer: HttpUrlSchema.nullable()
    .default(null)
    .describe('Issuer identifier, compared with the callback’s `iss` (RFC 9207).'),
  requiresIssuer: z
    .boolean()
    .default(false)
    .describe('The provider advertises `iss`, so a callback without it is refused.'),
  pkce: z.boolean().default(true).describe('The provider takes PKCE with S256 (RFC 7636).'),
  clientAuthentication: z
    .enum(['client_secret_basic', 'client_secret_post'])
    .default('client_secret_basic')
    .describe('How the client identifies itself at the token endpoint (RFC 6749 §2.3.1).'),
  responseMode: z.enum(['query', 'form_post']).default('query').describe('How the callback is called.'),
  scopeParameter: z.string().min(1).default('scope').describe('Name of the scope parameter in the authorization URL.'),
  scopeSeparator: z.string().min(1).default(' ').describe('What stands between two scopes, asked for and granted.'),
  authorizationParameters: z
    .record(z.string(), z.string())
    .default({})
    .describe('Fixed parameters of the authorization URL.'),
  tokensAt: z
    .string()
    .nullable()
    .default(null)
    .describe('Member of the token response that holds the tokens, when nested.'),
  identityScopes: z
    .array(z.string())
    .default([])
    .describe('Scopes without which the account cannot be told; always asked for.'),
  identity: z
    .strictObject({
      url: HttpUrlSchema.describe('Called with the access token.'),
      idPath: z.string().describe('Where the account’s id stands in the answer: members joined by dots.'),
      labelPaths: z.array(z.string()).describe('Where a name for it stands; the first that is there counts.'),
    })
    .nullable()
    .default(null)
    .describe('How to ask which account was connected; null when the provider does not tell.'),
  scopeAliases: z
    .record(z.string(), z.string())
    .default({})
    .describe('Granted name → requested name, where they differ.'),
  scopeDescriptions: ScopeDescriptionsSchema.default({}).describe(
    'What each scope allows, in words for the person who is asked: “Read your mail”.',
  ),
  unreportedScopes: z
    .array(z.string())
    .default([])
    .describe('Scopes that are never reported back; taken as granted when asked for.'),
  accessEndedErrors: z
    .array(z.string())
    .default([])
    .describe(
      'Error codes by which the app says that it accepts a token no more, besides invalid_grant (RFC 6749 §5.2).',
    ),
  revocationEndsGrant: z
    .boolean()
    .default(true)
    .describe('Revoking one token ends every token of the client for that account.'),
  signInUrl: HttpUrlSchema.nullable().default(null).describe('Where a person signs in to the app.'),
})

export type Provider = z.infer<typeof ProviderSchema>

/** The catalogue's providers by slug. */
export type Providers = ReadonlyMap<string, Provider & { name: string }>
