import * as z from 'zod'
import { SCOPE, SLUG } from '../formats.js'
import { hasRequestValues, templateFault } from './url-template.js'

/** Fields of what operators write: manifests, connectors and providers. */
export const SlugSchema = z
  .string()
  .max(64)
  .regex(SLUG, { error: 'must consist of lowercase letters, digits and single hyphens' })
export const ScopeSchema = z.string().regex(SCOPE, { error: 'must be a single scope without spaces' })
/** RFC 9110 §5.5 and §5.6.2. Other characters would end the header. */
export const HeaderNameSchema = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]{1,64}$/, { error: 'must be the name of a header' })
export const HeaderValueSchema = z.string().regex(/^[\x20-\x7e]{0,500}$/, {
  error: 'must be printable ASCII, at most 500 characters',
})
export const HttpUrlSchema = z.url({ protocol: /^https?$/ })
/** A URL in which the connector's variables stand for the values of one customer: `https://{subdomain}.example.com/`. */
export const TemplateUrlSchema = HttpUrlSchema.superRefine((url, context) => {
  const fault = hasRequestValues(url) ? 'must not have {client_id} or {token}' : faultIn(url)
  if (fault) context.addIssue({ code: 'custom', message: fault })
})
/** The same, also with `{client_id}` and `{token}`. */
export const RevocationUrlSchema = HttpUrlSchema.superRefine((url, context) => {
  const fault = faultIn(url)
  if (fault) context.addIssue({ code: 'custom', message: fault })
})
export const IssuerTemplateSchema = z
  .string()
  .regex(/^https?:\/\/[^/{}?#\s]+\/(?:[^{}?#\s]*\/)?\{tenantid\}(?:\/[^{}?#\s]*)?$/, {
    error: 'must be an issuer with {tenantid} as one part of its path',
  })

function faultIn(url: string): string | null {
  return /[{}]/.test(url) ? templateFault(url) : null
}
