import type { Provider } from '../domain/catalogue/provider.js'
import { type AccountChoice, type Identified, OAuthError } from '../domain/ports/oauth-client.js'
import { idText } from './account.js'
import { textOf, valueAt } from './exact-json.js'

/** More than a person can look through. */
const MAX_CHOICES = 200
const MAX_LABEL_LENGTH = 200

type Rules = NonNullable<NonNullable<Provider['lookup']>['choices']>

/**
 * Returns what the person can choose from, in the app's order. Items that could never be connected are left out, because
 * they have no id or lack a value that the provider's data requires. So are repeated ones.
 * @param looked the lookup's response, parsed exactly
 * @param identifiedBy returns the account that an item leads to, or throws an OAuthError
 * @throws OAuthError if the response has no list, or one in which every item is left out
 */
export function choicesIn(looked: unknown, rules: Rules, identifiedBy: (item: unknown) => Identified): AccountChoice[] {
  const { listPath, where } = rules
  const list = listPath === undefined ? looked : valueAt(looked, listPath)
  if (!Array.isArray(list)) throw new OAuthError('INVALID_TOKEN_RESPONSE')
  const items = list.filter((item) => Object.entries(where).every(([path, text]) => shownAt(item, path) === text))
  const choices = new Map<string, AccountChoice>()
  for (const item of items) {
    if (choices.size >= MAX_CHOICES) break
    const choice = choiceOf(item, rules, identifiedBy)
    if (choice && !choices.has(choice.id)) choices.set(choice.id, choice)
  }
  if (items.length > 0 && choices.size === 0) throw new OAuthError('INVALID_TOKEN_RESPONSE')
  return distinct([...choices.values()])
}

function choiceOf(
  item: unknown,
  { idPath, labelPaths }: Rules,
  identifiedBy: (item: unknown) => Identified,
): AccountChoice | undefined {
  const id = idText(valueAt(item, idPath))
  if (id === undefined) return undefined
  try {
    return { ...identifiedBy(item), id, label: labelOf(item, labelPaths) ?? id }
  } catch (error) {
    if (error instanceof OAuthError) return undefined
    throw error
  }
}

function labelOf(item: unknown, paths: readonly string[]): string | undefined {
  const labels = paths.map((path) => (textOf(valueAt(item, path)) ?? '').slice(0, MAX_LABEL_LENGTH))
  return labels.map((label) => label.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, ' ').trim()).find((label) => label !== '')
}

/** Adds the id to labels that several choices have. */
function distinct(choices: readonly AccountChoice[]): AccountChoice[] {
  const count = (label: string) => choices.filter((other) => other.label === label).length
  return choices.map((choice) => {
    if (count(choice.label) === 1) return choice
    const suffix = ` (${choice.id})`
    return { ...choice, label: `${choice.label.slice(0, Math.max(0, MAX_LABEL_LENGTH - suffix.length))}${suffix}` }
  })
}

function shownAt(item: unknown, path: string): string | undefined {
  const value = valueAt(item, path)
  return typeof value === 'boolean' ? String(value) : textOf(value)
}
