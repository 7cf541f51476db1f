import { createHash } from 'node:crypto'
import * as z from 'zod'
import { HttpUrlSchema, ScopeSchema, SlugSchema } from '../catalogue/field-schemas.js'
import { type InputFault, InvalidInputError } from '../errors.js'
import { readable, readInput } from '../input-faults.js'
import { refuseUnstorable } from './input-document.js'

const text = (max: number) => z.string().trim().min(1).max(max)
const scopes = z.array(ScopeSchema).max(100)

const ManifestConnectorSchema = z
  .strictObject({
    connector: SlugSchema.describe('Slug of the connector.'),
    scopes: scopes.default([]).describe('The scopes that the plugin requests.'),
    reason: text(500).describe('Why the plugin needs them, in words for the user who grants them.'),
    optional: z.boolean().default(false).describe('Whether the setup can be ready without it.'),
  })
  .describe('One connector the plugin needs.')

const ManifestSkillSchema = z
  .strictObject({
    slug: SlugSchema,
    name: text(100),
    summary: text(500),
    instructions: z.string().min(1).max(100_000).describe('Markdown. Copied into the user’s own collection.'),
    uses: z
      .array(
        z.strictObject({
          connector: SlugSchema.describe('One of the plugin’s connectors.'),
          scopes: scopes.optional().describe('The connector’s scopes that this skill needs. By default, all of them.'),
        }),
      )
      .max(50)
      .default([])
      .describe('The connectors the skill needs to run.'),
  })
  .describe('One thing the plugin can do.')

export const ManifestSchema = z
  .strictObject({
    $schema: z.string().optional(),
    slug: SlugSchema.describe('Identifies the plugin. It can’t be changed.'),
    name: text(100),
    summary: text(500),
    version: z
      .string()
      .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, { error: 'must be a version like 1.2.0 (semver.org)' })
      .describe('Raise it whenever anything else changes.'),
    publisher: text(100).optional().describe('Who publishes it: a company, a team or a person.'),
    iconUrl: HttpUrlSchema.optional(),
    connectors: z
      .array(ManifestConnectorSchema)
      .max(50)
      .default([])
      .describe('The connectors that the plugin needs, in wizard order.'),
    skills: z.array(ManifestSkillSchema).min(1).max(100),
  })
  .describe('A Patchbay plugin: a bundle of skills and the connectors they need.')

export type Manifest = z.infer<typeof ManifestSchema>

/**
 * Reads a manifest, or reports all of its faults at once.
 * @param knownConnectors the slugs that a requirement may name
 * @throws InvalidInputError with the faults and their paths
 */
export function parseManifest(input: unknown, knownConnectors: ReadonlySet<string>): Manifest {
  refuseUnstorable('manifest', input)
  const { data, faults = [] } = readInput(ManifestSchema, input)
  const references = referenceFaults(input, knownConnectors)
  const reported = new Set(faults.map(({ path }) => path))
  const all = [...faults, ...references.filter(({ path }) => !reported.has(path))]
  if (!data || all.length > 0) throw new InvalidInputError('manifest', readable(all))
  return data
}

const LooseManifest = z.object({
  connectors: z.array(z.object({ connector: z.unknown(), scopes: z.unknown() }).partial().catch({})).catch([]),
  skills: z
    .array(
      z
        .object({
          slug: z.unknown(),
          uses: z.array(z.object({ connector: z.unknown(), scopes: z.unknown() }).partial().catch({})).catch([]),
        })
        .partial()
        .catch({}),
    )
    .catch([]),
})

/**
 * Finds faults that span several fields: duplicate names, and references to what doesn't exist. Works even if other
 * fields are invalid.
 */
function referenceFaults(input: unknown, knownConnectors: ReadonlySet<string>): InputFault[] {
  const { connectors, skills } = LooseManifest.catch({ connectors: [], skills: [] }).parse(input)
  const faults: InputFault[] = []
  const scopesOf = new Map<string, unknown>()
  connectors.forEach(({ connector, scopes }, index) => {
    if (typeof connector !== 'string') return
    const path = `connectors[${index}].connector`
    if (scopesOf.has(connector)) faults.push({ path, message: `${connector} is listed twice. Remove one of them` })
    else if (!knownConnectors.has(connector))
      faults.push({ path, message: `the connector ${connector} doesn’t exist. Configure it first` })
    scopesOf.set(connector, scopes ?? [])
  })
  const slugs = new Set<string>()
  skills.forEach(({ slug, uses = [] }, index) => {
    if (typeof slug === 'string') {
      if (slugs.has(slug))
        faults.push({ path: `skills[${index}].slug`, message: `${slug} is listed twice. Remove one of them` })
      slugs.add(slug)
    }
    const used = new Set<string>()
    uses.forEach(({ connector, scopes }, useIndex) => {
      if (typeof connector !== 'string') return
      const path = `skills[${index}].uses[${useIndex}]`
      if (used.has(connector))
        faults.push({ path: `${path}.connector`, message: `${connector} is listed twice. Remove one of them` })
      used.add(connector)
      if (!scopesOf.has(connector)) {
        faults.push({
          path: `${path}.connector`,
          message: `${connector} isn’t one of the plugin’s connectors. Add it there, or remove it here`,
        })
        return
      }
      const offered = scopesOf.get(connector)
      if (!Array.isArray(scopes) || !Array.isArray(offered)) return
      scopes.forEach((scope, scopeIndex) => {
        if (typeof scope === 'string' && !offered.includes(scope)) {
          faults.push({
            path: `${path}.scopes[${scopeIndex}]`,
            message: `${scope} isn’t one of the scopes that the plugin requests from ${connector}. Add it there, or remove it here`,
          })
        }
      })
    })
  })
  return faults
}

/** Distinguishes two manifests with the same version. */
export function manifestHash(manifest: Manifest): string {
  const { $schema: _, ...content } = manifest
  return createHash('sha256').update(canonical(content)).digest('hex')
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}
