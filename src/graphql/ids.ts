import { GraphQLError } from 'graphql'
import { InvalidInputError, NotFoundError } from '../domain/errors.js'
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

/** Describes the fields of inputs in which back ends name a plugin or a connector. */
export const PLUGIN = 'The Plugin’s slug, such as `meeting-assistant`, or its id.'
export const PLUGIN_ID = 'Id of the Plugin. Pass it or `plugin`, and not both.'
export const CONNECTOR = 'The Connector’s slug, such as `gmail`, or its id.'
export const CONNECTOR_ID = 'Id of the Connector. Pass it or `connector`, and not both.'

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
  if (parsed?.typename !== typename || !wellFormed.test(parsed.id)) {
    throw new NotFoundError(WORDS[typename], isSlug(text) ? slugAdvice(text, idInstead(typename)) : undefined)
  }
  return parsed.id
}

/** Longer ones are no slugs of ours. */
const MAX_SLUG = 100

/** Returns whether a text is a slug and no id. Ids begin with a capital letter, because their types do. */
function isSlug(text: string): boolean {
  return text.length <= MAX_SLUG && SLUG.test(text) && !UUID.test(text)
}

/** Says what to pass instead of a slug, wherever someone passed one as an id. */
function slugAdvice(slug: string, instead: string): string {
  return `“${slug}” is a slug, not an id. ${instead}`
}

function idInstead(typename: keyof typeof WORDS | 'Skill'): string {
  switch (typename) {
    case 'Plugin':
      return 'Pass the id, which plugin(slug: …) { id } returns.'
    case 'Connector':
      return 'Pass the id, which connector(slug: …) { id } returns.'
    case 'Skill':
      return 'Pass the id, which plugin(slug: …) { skills { id slug } } returns.'
    default:
      return `Pass the id of the ${typename}, as the API returned it.`
  }
}

/** What looking up a slug results in, or undefined for what may be an id. */
export function slugRefusal(id: string): GraphQLError | undefined {
  if (!isSlug(id)) return undefined
  const message = slugAdvice(id, 'Pass an id, or look the slug up with plugin(slug: …) or connector(slug: …).')
  return new GraphQLError(message, { extensions: { code: 'NOT_FOUND' } })
}

/** How back ends name a plugin or a connector: exactly one is given. */
interface Named {
  /** A slug or an id. */
  either: string | null | undefined
  id: string | null | undefined
}

/**
 * Returns the slug of the plugin or connector that an input names in one of two fields: `connector` has its slug or id,
 * and `connectorId` its id.
 * @throws InvalidInputError if both or none is given; NotFoundError if it can't be either, or is a slug as an id
 */
export function readNamed(typename: 'Plugin' | 'Connector', { either, id }: Named): string {
  const word = WORDS[typename]
  const faulty = (path: string, message: string) => new InvalidInputError('input', [{ path, message }])
  if (either != null && id != null) throw faulty(word, `is given together with ${word}Id. Pass only one of them`)
  if (either != null) return isSlug(either) ? either : readId(typename, either)
  if (id == null) throw faulty(word, `is missing. Pass the ${word}’s slug or id`)
  if (isSlug(id))
    throw new NotFoundError(word, slugAdvice(id, `Pass the id, or the slug as ${word} instead of ${word}Id.`))
  return readId(typename, id)
}

/**
 * Returns the plugin and the slug from a Skill's global id.
 * @throws NotFoundError for anything else
 */
export function readSkillId(text: string): { pluginSlug: string; slug: string } {
  const parsed = parseGlobalId(text)
  const [pluginSlug = '', slug = '', ...rest] = parsed?.typename === 'Skill' ? parsed.id.split('/') : []
  if (!SLUG.test(pluginSlug) || !SLUG.test(slug) || rest.length > 0) {
    throw new NotFoundError('skill', isSlug(text) ? slugAdvice(text, idInstead('Skill')) : undefined)
  }
  return { pluginSlug, slug }
}
