import * as z from 'zod'
import { TemplateUrlSchema } from './field-schemas.js'

/** RFC 9110 §5.5 and §5.6.2. Other characters would end the header. */
const HeadersSchema = z.record(
  z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: 'must be the name of a header' }),
  z.string().regex(/^[\x20-\x7e]*$/, { error: 'must be printable ASCII' }),
)
const ParametersSchema = z.record(z.string().min(1), z.string())

/** How the client identifies itself at the token endpoint and at the revocation endpoint. */
export const ClientAuthenticationSchema = z.enum([
  'client_secret_basic',
  'client_secret_basic_raw',
  'client_secret_post',
  'client_secret_as_username',
  'private_key_jwt',
  'none',
])

/** What differs from RFC 6749 §4.1.3 and §6 in requests to the token endpoint. */
export const TokenRequestSchema = z.strictObject({
  format: z.enum(['form', 'json']).default('form').describe('The format of the body.'),
  headers: HeadersSchema.default({}).describe('Fixed headers, such as a version of the API.'),
  parameters: ParametersSchema.default({}).describe('Fixed parameters of every token request.'),
  refreshParameters: ParametersSchema.default({}).describe('Fixed parameters of refreshes.'),
  refreshSendsScopes: z
    .boolean()
    .default(false)
    .describe('Whether refreshes send the granted scopes, for providers that require them.'),
  refreshUrl: TemplateUrlSchema.nullable()
    .default(null)
    .describe('The endpoint for refreshes; null if it is the same.'),
  renamed: ParametersSchema.default({}).describe(
    'Standard parameter → the provider’s name for it. client_id is renamed everywhere.',
  ),
  leftOut: z.array(z.string()).default([]).describe('Standard parameters that the provider doesn’t accept.'),
})

/** What differs from RFC 6749 §5.1 in token responses. */
export const TokenResponseSchema = z.strictObject({
  renamed: ParametersSchema.default({}).describe(
    'Standard member → where the provider has it. Members of members are joined by dots.',
  ),
  zeroExpiresIn: z
    .enum(['invalid', 'unknown'])
    .default('invalid')
    .describe('What an expires_in of 0 means. unknown: the provider doesn’t say, or the token doesn’t expire.'),
  accessTokenLifetime: z
    .int()
    .positive()
    .max(315_360_000)
    .nullable()
    .default(null)
    .describe('Seconds that an access token lasts if the response doesn’t say and it can be refreshed.'),
})

/** A request that returns an access token for another one, in place of a refresh token. */
const TokenForTokenSchema = z.strictObject({
  url: TemplateUrlSchema.describe('The address of the request.'),
  method: z.enum(['GET', 'POST']).default('GET').describe('Its method. GET has the parameters in the address.'),
  grantType: z.string().min(1).max(100).describe('Its `grant_type`, such as `ig_exchange_token`.'),
  tokenParameter: z.string().min(1).max(64).default('access_token').describe('The parameter that has the token.'),
  clientParameters: z
    .array(z.enum(['client_id', 'client_secret']))
    .default([])
    .describe('What it has of the client.'),
})

/** For providers that have no refresh tokens. */
export const LongLivedTokenSchema = z.strictObject({
  exchange: TokenForTokenSchema.describe('Returns a long-lived token for the short-lived one that a code returns.'),
  refresh: TokenForTokenSchema.describe('Returns a new long-lived token for one that is still valid.'),
})

/** What differs from RFC 7009 §2.1 in requests that revoke. */
export const RevocationSchema = z
  .strictObject({
    method: z.enum(['POST', 'GET', 'DELETE']).default('POST').describe('The request’s method.'),
    format: z
      .enum(['form', 'json', 'query'])
      .default('form')
      .describe('Where its parameters are: in the body, as a form or as JSON, or in the address.'),
    authentication: z
      .enum(['client', 'client_secret_basic', 'client_secret_basic_raw', 'client_secret_post', 'access_token', 'none'])
      .default('client')
      .describe(
        'client: as at the token endpoint. access_token: with the access token, as at the API. none: with nothing.',
      ),
    token: z
      .enum(['refresh_token', 'access_token'])
      .default('refresh_token')
      .describe('Which token is revoked. refresh_token: the access token if there is no refresh token.'),
    tokenParameter: z
      .string()
      .min(1)
      .max(64)
      .nullable()
      .default('token')
      .describe('The parameter that has the token; null if none has.'),
    parameters: ParametersSchema.default({}).describe('Further parameters. `{client_id}` stands for the client id.'),
    headers: HeadersSchema.default({}).describe(
      'Further headers, in addition to those of token requests. `{client_id}` and `{client_secret}` stand for the client’s.',
    ),
  })
  .refine(({ method, format }) => method !== 'GET' || format === 'query', {
    error: 'must be query with the method GET, which has no body',
    path: ['format'],
  })

/** Which scopes are the same, and which contain others. */
export const ScopeRulesSchema = z.strictObject({
  prefixes: z
    .array(z.string().min(1))
    .default([])
    .describe('Prefixes that a scope’s name may have or lack without meaning anything else.'),
  ignoreCase: z.boolean().default(false).describe('Whether letters of both cases are the same.'),
  implies: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe('Scope → scopes that it contains, so that granting it grants them.'),
})
