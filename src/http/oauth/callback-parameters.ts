import type { PageTexts } from '../../languages/pages/en.js'

/** What is wrong with what an app sent. */
export type CallbackFault = keyof PageTexts['badCallback']['fault']

const MAX_VALUE_LENGTH = 8_192
const NAMES = ['state', 'code', 'error', 'error_description', 'error_uri', 'iss']

/**
 * Returns what is wrong with a callback's parameters (RFC 6749 §4.1.2, RFC 9207 §2), or null. Without a code and an
 * error, the callback ends its authorization.
 */
export function callbackFault(parameters: URLSearchParams): CallbackFault | null {
  // Parameters must not be repeated (RFC 6749 §3.1), because no one could know which value counts.
  if (NAMES.some((name) => parameters.getAll(name).length > 1)) return 'repeated'
  if ([...parameters.values()].some((value) => value.length > MAX_VALUE_LENGTH)) return 'long'
  if (!parameters.get('state')) return 'stateless'
  if (parameters.get('code') && parameters.get('error')) return 'contradictory'
  return null
}
