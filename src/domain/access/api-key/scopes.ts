import { type InputFault, InvalidInputError } from '../../errors.js'
import { API_KEY_SCOPES, type ApiKeyScope } from '../../identity/api-key-caller.js'

export function isScope(text: string): text is ApiKeyScope {
  return (API_KEY_SCOPES as readonly string[]).includes(text)
}

/**
 * Returns the requested scopes without duplicates, in the order of the list.
 * @throws InvalidInputError that names each unknown scope
 */
export function checkedScopes(asked: readonly string[]): ApiKeyScope[] {
  const faults = scopeFaults(asked)
  if (faults.length > 0) throw new InvalidInputError('API key', faults)
  return API_KEY_SCOPES.filter((scope) => asked.includes(scope))
}

export function scopeFaults(asked: readonly string[]): InputFault[] {
  const known = API_KEY_SCOPES.join(', ')
  if (asked.length === 0) return [{ path: 'scopes', message: `must name at least one of ${known}` }]
  return asked.flatMap((scope, index) =>
    isScope(scope) ? [] : [{ path: `scopes[${index}]`, message: `${scope} isn’t a scope. The scopes are ${known}` }],
  )
}
