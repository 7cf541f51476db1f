import * as z from 'zod'
import { HeaderNameSchema, HeaderValueSchema } from './field-schemas.js'

/** Stands for the connector's client id in headers of the API. */
export const CLIENT_ID = 'clientId'

/** How a runtime calls the app's API with an access token. */
export const ApiSchema = z.strictObject({
  baseUrl: z
    .string()
    .regex(/^(?:https?:\/\/|\{[A-Za-z]\w*\})[^\s?#]*$/, {
      error: 'must be an http(s) URL, or begin with the name of a value in braces',
    })
    .nullable()
    .default(null)
    .describe('The address below which the API is. `{name}` stands for a value of `variables` or `metadata`.'),
  header: HeaderNameSchema.default('Authorization').describe('The header that takes the token.'),
  scheme: z
    .string()
    .regex(/^[\w.-]{0,40}$/, { error: 'must be a single word, or empty' })
    .default('Bearer')
    .describe('What precedes the token in the header. Empty if nothing does.'),
  headers: z
    .record(HeaderNameSchema, HeaderValueSchema)
    .default({})
    .describe(
      'Further headers of each request, such as the version of the API. `{name}` stands for a value of `variables` or `metadata`, and `{clientId}` for the client id.',
    ),
})
