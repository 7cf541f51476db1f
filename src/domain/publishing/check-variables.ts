import type { Provider } from '../catalogue/provider.js'
import { enteredValue, withUrls } from '../catalogue/provider-urls.js'
import { variablesIn } from '../catalogue/url-template.js'
import type { InputFault } from '../errors.js'

/**
 * Returns what is wrong with a provider's variables: each has to be declared once, be a part of a URL, and not have the
 * name of a value in `metadata`, because runtimes get both by name.
 * @param path of the settings
 */
export function variableFaults(provider: Provider, path: string): InputFault[] {
  const { variables, metadata } = provider
  const used = new Set<string>()
  withUrls(provider, (url) => {
    for (const name of variablesIn(url)) used.add(name)
    return url
  })
  const declared = variables.map(({ name }) => name)
  const faults = variables.flatMap((variable, index): InputFault[] => {
    const { name } = variable
    const at = `${path}.variables[${index}]`
    if (declared.indexOf(name) < index) return [{ path: `${at}.name`, message: 'is declared twice' }]
    if (!used.has(name)) return [{ path: `${at}.name`, message: `is in no URL: none contains {${name}}` }]
    if (Object.hasOwn(metadata, name)) return [{ path: `${at}.name`, message: 'is the name of a value in metadata' }]
    if (variable.default !== null && enteredValue(provider, variable, variable.default) !== variable.default)
      return [{ path: `${at}.default`, message: 'does not match the pattern, or can’t be a part of the URLs' }]
    return []
  })
  const unknown = [...used].filter((name) => !declared.includes(name))
  return [
    ...faults,
    ...unknown.map((name) => ({ path: `${path}.variables`, message: `has no ${name}, which a URL contains` })),
  ]
}
