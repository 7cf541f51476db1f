import type { Provider } from '../domain/catalogue/provider.js'
import { accountKey, type IdPart } from '../domain/ports/account-key.js'
import { type ExternalAccount, type Metadata, OAuthError } from '../domain/ports/oauth-client.js'
import { JsonNumber, textOf, valueAt } from './exact-json.js'

/** OpenID Connect Core 1.0 §2, `sub`. */
const MAX_PART_LENGTH = 255
const MAX_LABEL_LENGTH = 200
/** Control characters mean nothing in an id, and the database can store neither NUL nor half of a surrogate pair. */
const UNSTORABLE = /[\p{Cc}\p{Surrogate}]/u

/**
 * Returns the account that a response names, or null if the provider doesn't say.
 * @param body parsed exactly
 * @throws OAuthError if a part of its id is missing, or isn't a string or a number
 */
export function accountIn(
  body: unknown,
  { identity, metadata: declared, variables }: Pick<Provider, 'identity' | 'metadata' | 'variables'>,
  metadata: Metadata,
): ExternalAccount | null {
  const paths = identity?.idPaths ?? (identity?.idPath === undefined ? [] : [identity.idPath])
  const named = Object.entries(declared)
    .filter(([, { identifies }]) => identifies)
    .map(([name]) => ({ path: `metadata.${name}`, value: metadata[name] as unknown }))
  // Two customers of an app may have accounts with the same id.
  const customer = variables.map(({ name }) => ({ path: `variables.${name}`, value: metadata[name] as unknown }))
  // What the person sees last, such as a user in a team, comes last.
  const parts = [...customer, ...named, ...paths.map((path) => ({ path, value: valueAt(body, path) }))].map(partOf)
  if (parts.length === 0) return null
  return {
    ...accountKey(parts),
    label: labelOf(body, identity?.labelPaths ?? [], shownIn(declared, variables), metadata),
  }
}

function partOf({ path, value }: { path: string; value: unknown }): IdPart {
  const text = idText(value)
  if (text === undefined) throw new OAuthError('INVALID_TOKEN_RESPONSE')
  return { path, text, isNumber: value instanceof JsonNumber }
}

/** Returns an id exactly as it was sent. Undefined if it isn't one. */
export function idText(value: unknown): string | undefined {
  const text = textOf(value)
  return text === undefined || text === '' || text.length > MAX_PART_LENGTH || UNSTORABLE.test(text) ? undefined : text
}

function labelOf(body: unknown, paths: readonly string[], names: readonly string[], metadata: Metadata): string | null {
  const name = paths.map((path) => tidied(textOf(valueAt(body, path)))).find((text) => text !== '')
  const shown = names.map((key) => tidied(metadata[key]))
  const label = [name ?? '', ...shown].filter((text) => text !== '').join(' · ')
  return label === '' ? null : label.slice(0, MAX_LABEL_LENGTH)
}

/** Returns the text without what can't be stored. Empty if nothing of it can be read. */
function tidied(text: string | undefined): string {
  return (text ?? '').replaceAll(/[\p{Cc}\p{Surrogate}]/gu, ' ').trim()
}

/** Returns the names of the values that tell accounts apart for a person. */
function shownIn(declared: Provider['metadata'], variables: Provider['variables']): string[] {
  const shown = Object.keys(declared).filter((key) => declared[key]?.shown)
  return [...shown, ...variables.map(({ name }) => name)]
}
