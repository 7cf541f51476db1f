import type { Provider } from '../catalogue/provider.js'
import type { Metadata } from '../ports/oauth-client.js'

/** How to call the app's API with a token. */
export interface ApiAccess {
  /** The address below which the API is. Null if it isn't known. */
  baseUrl: string | null
  /** The header that takes the token. */
  header: string
  /** What precedes the token in the header, such as `Bearer`. Empty if nothing does. */
  scheme: string
  /** Further headers of each request. */
  headers: Readonly<Record<string, string>>
}

const VALUE = /\{([A-Za-z]\w*)\}/g

/**
 * Returns how to call the API for one connection.
 * @param values of the connection: what the person entered, and what the app sent with the tokens
 */
export function apiAccessOf({ api }: Pick<Provider, 'api'>, values: Metadata): ApiAccess {
  const { baseUrl, ...rest } = api
  return { ...rest, baseUrl: baseUrl === null ? null : addressOf(baseUrl, values) }
}

/** A value at the start is a whole address, of a host that the provider's settings allow. Others can't leave their place. */
function addressOf(template: string, values: Metadata): string | null {
  let isComplete = true
  const address = template.replace(VALUE, (_, name: string, at: number) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) isComplete = false
    return at === 0 ? String(value).replace(/\/$/, '') : encodeURIComponent(String(value))
  })
  return isComplete && URL.canParse(address) ? address : null
}
