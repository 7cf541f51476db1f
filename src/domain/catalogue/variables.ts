import * as z from 'zod'

/** One label of a host name. */
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'

/** Repeated groups are where matching can take forever, and what people type would be matched. */
const REPEATED_GROUP = /(?<!\\)\)(?:[*+]|\{)/

const PatternSchema = z
  .string()
  .min(1)
  .max(200)
  .refine(isRegularExpression, { error: 'must be a JavaScript regular expression' })
  .refine((pattern) => !REPEATED_GROUP.test(pattern), { error: 'must not repeat a group with *, + or {}' })

/** What a person is asked before the consent screen, because URLs differ for each customer of the app. */
export const VariableSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][A-Za-z0-9]{0,31}$/, { error: 'must be letters and digits, and start with a small letter' })
    .refine((name) => name !== 'tenantid', { error: 'is reserved for issuerTemplate' })
    .describe('Its name. `{name}` stands for it in URLs.'),
  label: z.string().trim().min(1).max(60).describe('What a person is asked for, such as “Zendesk subdomain”.'),
  placeholder: z.string().trim().min(1).max(60).describe('An example of what to enter, such as “acme”.'),
  hint: z.string().trim().min(1).max(200).nullable().default(null).describe('Where a person finds it.'),
  choices: z
    .array(z.string().min(1).max(60))
    .min(2)
    .max(50)
    .nullable()
    .default(null)
    .describe('The values that there are, if a person chooses one.'),
  pattern: PatternSchema.default(LABEL).describe(
    'The regular expression that a whole value has to match. By default, one label of a host name.',
  ),
  default: z.string().nullable().default(null).describe('The value if a person enters none.'),
})
export type Variable = z.infer<typeof VariableSchema>

export const VariablesSchema = z.array(VariableSchema).max(5)

/** Returns whether a value is one of the choices or, if there are none, matches the variable's pattern as a whole. */
export function matchesPattern({ pattern, choices }: Pick<Variable, 'pattern' | 'choices'>, value: string): boolean {
  if (choices) return choices.includes(value)
  return new RegExp(`^(?:${pattern})$`).test(value)
}

function isRegularExpression(pattern: string): boolean {
  try {
    new RegExp(`^(?:${pattern})$`)
    // A parenthesis that closes the group above would end the anchors' reach.
    new RegExp(pattern)
    return true
  } catch {
    return false
  }
}
