import * as z from 'zod'
import { SCOPE, SLUG } from '../formats.js'

/** Fields of what operators write: manifests, connectors and providers. */
export const SlugSchema = z
  .string()
  .max(64)
  .regex(SLUG, { error: 'must consist of lowercase letters, digits and single hyphens' })
export const ScopeSchema = z.string().regex(SCOPE, { error: 'must be a single scope without spaces' })
export const HttpUrlSchema = z.url({ protocol: /^https?$/ })
export const IssuerTemplateSchema = z
  .string()
  .regex(/^https?:\/\/[^/{}?#\s]+\/(?:[^{}?#\s]*\/)?\{tenantid\}(?:\/[^{}?#\s]*)?$/, {
    error: 'must be an issuer with {tenantid} as one part of its path',
  })
