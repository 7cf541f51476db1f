import { ConfigurationError } from '../config/configuration-error.js'
import type { EnteredVariable } from '../domain/authorization/entered-variables.js'

/** Reads `--variable subdomain=acme`. */
export function enteredIn(option: string | true | undefined): EnteredVariable[] {
  if (typeof option !== 'string') return []
  return option.split('\n').map((text) => {
    const [, name, value] = /^(\w+)=(.*)$/.exec(text) ?? []
    if (name === undefined || value === undefined) {
      throw new ConfigurationError(`--variable ${text} isn’t <name>=<value>, such as subdomain=acme.`)
    }
    return { name, value }
  })
}
