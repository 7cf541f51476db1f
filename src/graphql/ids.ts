import { NotFoundError } from '../domain/errors.js'
import { SLUG, UUID } from '../domain/formats.js'
import { parseGlobalId } from '../domain/global-id.js'

/** The types that have a global id, and the word that a NotFoundError uses for each. */
const WORDS = {
  Plugin: 'plugin',
  Connector: 'connector',
  ConnectedAccount: 'connection',
  PluginSetup: 'setup',
  Authorization: 'authorization',
  Webhook: 'webhook',
  WebhookDelivery: 'delivery',
} as const

/** Describes the `id` of a node. */
export const NODE_ID = 'A permanent, globally unique id.'

export function isUuid(id: string): boolean {
  return UUID.test(id)
}

/**
 * Returns the row's id from a global id of the expected type.
 * @throws NotFoundError for anything else, because an impossible id looks the same as an unknown one
 */
export function readId(typename: keyof typeof WORDS, text: string): string {
  const parsed = parseGlobalId(text)
  const wellFormed = typename === 'Plugin' || typename === 'Connector' ? SLUG : UUID
  if (parsed?.typename !== typename || !wellFormed.test(parsed.id)) throw new NotFoundError(WORDS[typename])
  return parsed.id
}

/**
 * Returns the plugin and the slug from a Skill's global id.
 * @throws NotFoundError for anything else
 */
export function readSkillId(text: string): { pluginSlug: string; slug: string } {
  const parsed = parseGlobalId(text)
  const [pluginSlug = '', slug = '', ...rest] = parsed?.typename === 'Skill' ? parsed.id.split('/') : []
  if (!SLUG.test(pluginSlug) || !SLUG.test(slug) || rest.length > 0) throw new NotFoundError('skill')
  return { pluginSlug, slug }
}
