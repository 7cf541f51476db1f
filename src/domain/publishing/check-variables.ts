import { CLIENT_ID } from '../catalogue/api-settings.js'
import type { Provider } from '../catalogue/provider.js'
import { enteredValue, withUrls } from '../catalogue/provider-urls.js'
import { variablesIn } from '../catalogue/url-template.js'
import type { Variable } from '../catalogue/variables.js'
import { type InputFault, InvalidInputError } from '../errors.js'
import { suggestion } from '../input-faults.js'

/**
 * Returns what is wrong with a provider's variables: each has to be declared once, be a part of a URL, of a header of the
 * API or of what a callback must have, and not have the name of a value in `metadata`, because runtimes get both by name.
 * @param path of the settings
 */
export function variableFaults(provider: Provider, path: string): InputFault[] {
  const { variables, metadata, api, callback } = provider
  const used = new Set<string>()
  withUrls(provider, (url) => {
    for (const name of variablesIn(url)) used.add(name)
    return url
  })
  const declared = variables.map(({ name }) => name)
  const inHeaders = Object.values(api.headers)
    .flatMap(variablesIn)
    .filter((name) => name !== CLIENT_ID || declared.includes(name))
  const inCallback = Object.values(callback.expected).flatMap(variablesIn)
  for (const name of [...variablesIn(api.baseUrl ?? ''), ...inHeaders, ...inCallback])
    if (!Object.hasOwn(metadata, name)) used.add(name)
  const faults = variables.flatMap((variable, index): InputFault[] => {
    const { name } = variable
    const at = `${path}.variables[${index}]`
    if (declared.indexOf(name) < index)
      return [{ path: `${at}.name`, message: 'is declared twice. Remove one of them' }]
    if (!used.has(name))
      return [
        {
          path: `${at}.name`,
          message: `is in no URL and in no header of the API: none contains {${name}}. Use it there, or remove the variable`,
        },
      ]
    if (Object.hasOwn(metadata, name))
      return [{ path: `${at}.name`, message: 'is the name of a value in metadata. Give one of them another name' }]
    if (variable.default !== null && enteredValue(provider, variable, variable.default) !== variable.default)
      return [
        {
          path: `${at}.default`,
          message: 'does not match the pattern, or can’t be a part of the URLs. Choose another default',
        },
      ]
    return []
  })
  const servers = (['identity', 'lookup'] as const).flatMap((call): InputFault[] => {
    const name = provider[call]?.serverFrom ?? null
    const value = name !== null && Object.hasOwn(metadata, name) ? metadata[name] : undefined
    if (name === null || (value?.hosts && ['tokens', 'callback'].includes(value.from))) return []
    const message = 'must be the name of a value in metadata that comes from tokens or callback and has hosts'
    return [{ path: `${path}.${call}.serverFrom`, message }]
  })
  const unknown = [...used].filter((name) => !declared.includes(name))
  return [
    ...faults,
    ...servers,
    ...unknown.map((name) => ({
      path: `${path}.variables`,
      message: `has no ${name}, which a URL, a header of the API or callback.expected contains. Declare it`,
    })),
  ]
}

/**
 * Returns the values that an operator gives for a connector, tidied: people paste whole addresses.
 * @throws InvalidInputError if one is missing, unknown or doesn't fit
 */
export function operatorValues(
  provider: Provider,
  variables: readonly Variable[],
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const faults: InputFault[] = Object.keys(given)
    .filter((name) => !variables.some((variable) => variable.name === name))
    .map((name) => {
      const isAsked = provider.variables.some((variable) => variable.name === name)
      const message = isAsked
        ? 'is entered by each person who connects. Leave it out'
        : `is no variable of this provider${suggestion(
            name,
            variables.map((variable) => variable.name),
          )}`
      return { path: `variables.${name}`, message }
    })
  const values: Record<string, string> = {}
  for (const variable of variables) {
    const { name, label, placeholder, hint } = variable
    const entered = Object.hasOwn(given, name) ? given[name] : variable.default
    const value = enteredValue({ ...provider, variables: [...variables] }, variable, entered ?? '')
    if (value !== null) values[name] = value
    else {
      const message = `must be the ${label}, such as ${placeholder}.${hint === null ? '' : ` ${hint}.`}`
      faults.push({ path: `variables.${name}`, message })
    }
  }
  if (faults.length > 0) throw new InvalidInputError('connector', faults)
  return values
}
