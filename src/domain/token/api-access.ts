import { CLIENT_ID } from '../catalogue/api-settings.js'
import type { Provider } from '../catalogue/provider.js'
import { variablesIn } from '../catalogue/url-template.js'
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

/** Printable ASCII, so that no value adds a header (RFC 9110 §5.5). */
const HEADER_VALUE = /^[\x20-\x7e]*$/
/** No header's value has it. */
const UNKNOWN = '\0'
const VALUE = /\{([A-Za-z]\w*)\}/g

/**
 * Returns how to call the API for one connection.
 * @param values of the connection: what the person entered, and what the app sent with the tokens
 * @param clientId of the connector, for headers that have it. A value of the same name comes first
 */
export function apiAccessOf({ api }: Pick<Provider, 'api'>, values: Metadata, clientId?: string): ApiAccess {
  const { baseUrl, headers, ...rest } = api
  const ofClient = clientId === undefined ? {} : { [CLIENT_ID]: clientId }
  return {
    ...rest,
    baseUrl: baseUrl === null ? null : addressOf(baseUrl, values),
    headers: headersOf(headers, { ...ofClient, ...values }),
  }
}

/** Returns whether requests to the API need the connector's client id. */
export function needsClientId({ api, metadata, variables }: Pick<Provider, 'api' | 'metadata' | 'variables'>): boolean {
  const isValue = Object.hasOwn(metadata, CLIENT_ID) || variables.some(({ name }) => name === CLIENT_ID)
  return !isValue && Object.values(api.headers).some((template) => variablesIn(template).includes(CLIENT_ID))
}

/** A header whose value isn't known, or couldn't be sent as a header's, is left out. */
function headersOf(templates: ApiAccess['headers'], values: Metadata): ApiAccess['headers'] {
  const filled = Object.entries(templates).map(([name, template]) => {
    const value = template.replace(VALUE, (_, name: string) =>
      Object.hasOwn(values, name) ? String(values[name]) : UNKNOWN,
    )
    return [name, value] as const
  })
  return Object.fromEntries(filled.filter(([, value]) => HEADER_VALUE.test(value)))
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
