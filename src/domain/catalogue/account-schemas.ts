import * as z from 'zod'
import { HeaderNameSchema, HeaderValueSchema, TemplateUrlSchema } from './field-schemas.js'

/** Headers that Patchbay or the connection itself sets. */
const RESERVED_HEADERS = ['authorization', 'connection', 'content-length', 'cookie', 'host', 'transfer-encoding']

const HeadersSchema = z.record(
  HeaderNameSchema.refine((name) => !RESERVED_HEADERS.includes(name.toLowerCase()), {
    error: 'is the name of a header that Patchbay sets',
  }),
  HeaderValueSchema,
)

const request = {
  serverFrom: z
    .string()
    .max(64)
    .nullable()
    .default(null)
    .describe('The value in `metadata` that names the account’s server, which takes the place of the URL’s own.'),
  method: z.enum(['GET', 'POST']).default('GET').describe('The request’s method.'),
  headers: HeadersSchema.default({}).describe('Further headers, such as the version of the API.'),
  body: z
    .union([z.string().max(10_000), z.record(z.string(), z.json())])
    .nullable()
    .default(null)
    .describe('The request’s body: an object is sent as JSON, and a string as it is.'),
}

const PathSchema = z.string().min(1).max(200)

/** How to find out which account was connected. */
export const IdentitySchema = z
  .strictObject({
    url: TemplateUrlSchema.nullable()
      .default(null)
      .describe('Called with the access token. Null if the token response itself names the account.'),
    ...request,
    idPath: PathSchema.optional().describe('Where the response has the account’s id.'),
    idPaths: z
      .array(PathSchema)
      .min(1)
      .max(5)
      .optional()
      .describe('The same if the id has several parts, such as a team and a user. The user comes last.'),
    labelPaths: z
      .array(PathSchema)
      .default([])
      .describe('Where the response has a name for it. The first one present is used.'),
  })
  .refine(({ idPath, idPaths }) => (idPath === undefined) !== (idPaths === undefined), {
    error: 'needs either idPath or idPaths',
    path: ['idPath'],
  })

const ChoicesSchema = z.strictObject({
  listPath: PathSchema.optional().describe(
    'Where the response has the list. Absent if the response itself is the list.',
  ),
  idPath: PathSchema.describe('Where an item has its id.'),
  labelPaths: z
    .array(PathSchema)
    .max(5)
    .default([])
    .describe('Where an item has a name for people. The first one present is used, otherwise the id.'),
  where: z
    .record(PathSchema, z.string().max(200))
    .default({})
    .describe('Path → text. Only items that have all of these can be chosen.'),
})

/** A further request after the exchange, whose response has values for `metadata`. */
export const LookupSchema = z.strictObject({
  url: TemplateUrlSchema.describe('Called with the access token.'),
  ...request,
  choices: ChoicesSchema.nullable()
    .default(null)
    .describe('If the response lists what the token is for: the person chooses one, and `metadata` is read from it.'),
})

/** A host, or with a leading dot all hosts below it. */
const HostSchema = z.string().regex(/^(?:\.(?:[a-z0-9-]+\.)+[a-z0-9-]+|[a-z0-9][a-z0-9.-]*(?::\d+)?)$/, {
  error: 'must be a host in lower case, or a suffix of two or more labels that starts with a dot',
})
export const HostsSchema = z.array(HostSchema).min(1).max(50)

/** Where a value comes from, and what it is for. */
export const MetadataValueSchema = z.strictObject({
  from: z
    .enum(['tokens', 'callback', 'identity', 'lookup'])
    .describe('Where it comes from: the token response, the callback, the identity call or the lookup.'),
  path: PathSchema.describe('Where that has it. In a callback, the parameter’s name.'),
  hosts: HostsSchema.nullable()
    .default(null)
    .describe('For an address or a host: under which hosts it has to be. Others are refused.'),
  required: z.boolean().default(false).describe('Whether the connection is of no use without it.'),
  identifies: z.boolean().default(false).describe('Whether it is a part of the account’s id.'),
  shown: z.boolean().default(false).describe('Whether it is shown with the account’s name, to tell accounts apart.'),
})

/** Values that a runtime needs with the token, by the names that it gets them by. */
export const MetadataSchema = z
  .record(
    z.string().regex(/^[A-Za-z]\w{0,63}$/, { error: 'must start with a letter and consist of letters, digits and _' }),
    MetadataValueSchema,
  )
  .refine((values) => Object.keys(values).length <= 20, { error: 'has more than 20 values' })

/** A server that the callback names, where codes and refresh tokens are redeemed. */
export const TokenServerSchema = z.strictObject({
  parameter: z.string().min(1).max(64).describe('The callback’s parameter that has its address.'),
  hosts: HostsSchema.describe('The hosts that are accepted.'),
})
