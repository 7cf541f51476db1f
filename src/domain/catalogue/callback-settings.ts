import * as z from 'zod'

const ParameterSchema = z.string().min(1).max(64)

/** What a callback has in addition to the standard's parameters, so that Patchbay can check where it comes from. */
export const CallbackSchema = z.strictObject({
  signature: z
    .strictObject({
      parameter: ParameterSchema.describe('The parameter that has the signature, in hexadecimal digits.'),
      leftOut: z.array(ParameterSchema).default([]).describe('Other parameters that are not signed.'),
    })
    .nullable()
    .default(null)
    .describe('For callbacks signed with the client secret: HMAC-SHA256 over their sorted parameters.'),
  expected: z
    .record(ParameterSchema, z.string().min(1).max(200))
    .default({})
    .describe('Parameter → the value that it must have. `{name}` stands for a value of `variables`.'),
})
