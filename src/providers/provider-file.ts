import * as z from 'zod'
import { ProviderSchema } from '../domain/catalogue/provider.js'
import { VariablesSchema } from '../domain/catalogue/variables.js'

const HttpsUrlSchema = z.url({ protocol: /^https$/ })

/** A file in `providers/`: what operators and readers need to know about a provider, and its settings. */
export const ProviderFileSchema = z
  .strictObject({
    $schema: z.literal('./provider.schema.json'),
    name: z.string().trim().min(1).max(60).describe('The name of the product, as its maker writes it.'),
    icon: z
      .string()
      .regex(/^[a-z0-9]+$/, { error: 'must consist of lowercase letters and digits' })
      .optional()
      .describe('Slug of its icon in simple-icons.'),
    documentationUrl: HttpsUrlSchema.describe('What the provider itself says about its OAuth.'),
    registrationUrl: HttpsUrlSchema.optional().describe(
      'Where an operator registers a client, if that is one address.',
    ),
    registration: z.string().min(20).max(600).describe('How an operator registers a client.'),
    notes: z.array(z.string().min(10).max(300)).default([]).describe('What else an operator should know.'),
    sources: z
      .array(z.strictObject({ url: HttpsUrlSchema, confirms: z.string().min(5).max(200) }))
      .min(1)
      .describe('Where the facts come from, and which.'),
    onlyOneSource: z.string().min(10).optional().describe('Why no second source has the same addresses.'),
    checkedOn: z.iso.date().describe('The day on which the sources were read.'),
    status: z
      .enum(['documented', 'emulated', 'live'])
      .describe('documented: from the sources alone. emulated: tried with an emulator. live: tried with the provider.'),
    operatorVariables: VariablesSchema.default([]).describe(
      'What an operator gives for a connector, because the client belongs to one customer of the provider.',
    ),
    oauth2: ProviderSchema,
  })
  .refine(({ sources, onlyOneSource }) => sources.length >= 2 || onlyOneSource !== undefined, {
    error: 'needs two sources, or onlyOneSource with the reason',
    path: ['sources'],
  })
export type ProviderFile = z.infer<typeof ProviderFileSchema>
