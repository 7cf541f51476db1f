import type { Provider } from '../domain/catalogue/provider.js'
import { type Metadata, OAuthError } from '../domain/ports/oauth-client.js'
import { parseExactly, textOf, valueAt } from './exact-json.js'
import { isAddress, isUnderHosts } from './hosts.js'
import { answerBody } from './token-endpoint/answer-body.js'

/** Enough for an address. */
const MAX_LENGTH = 1_000

type Source = Provider['metadata'][string]['from']

/**
 * Returns the declared values that a response or a callback has. Values that are too long, not printable, or addresses
 * outside the declared hosts are left out, and so are values that equal one of the tokens.
 * @param body parsed exactly, or a callback's parameters as an object
 */
export function metadataIn(
  body: unknown,
  from: Source,
  { metadata: declared }: Pick<Provider, 'metadata'>,
  { allowInsecure }: { allowInsecure: boolean },
  tokens: readonly (string | null | undefined)[] = [],
): Metadata {
  const found: Metadata = {}
  for (const [name, { from: source, path, hosts }] of Object.entries(declared)) {
    if (source !== from) continue
    const value = valueAt(body, path)
    const text = typeof value === 'boolean' ? String(value) : textOf(value)
    if (text === undefined || text === '' || text.length > MAX_LENGTH || /[\p{Cc}\p{Surrogate}]/u.test(text)) continue
    if (tokens.includes(text)) continue
    if (hosts ? isUnderHosts(text, hosts, { allowInsecure }) : !isAddress(text)) found[name] = text
  }
  return found
}

/** @throws OAuthError if a required value is missing or was refused */
export function assertRequired({ metadata: declared }: Pick<Provider, 'metadata'>, metadata: Metadata): void {
  const isMissing = Object.entries(declared).some(([name, { required }]) => required && metadata[name] === undefined)
  if (isMissing) throw new OAuthError('INVALID_TOKEN_RESPONSE')
}

/** Returns a token response's members, exactly as they were sent: JSON, or a form. */
export function membersOf(text: string): unknown {
  return answerBody(text, parseExactly).members
}
