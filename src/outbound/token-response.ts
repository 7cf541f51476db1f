import type { Provider } from '../domain/catalogue/provider.js'
import type { Received } from './guarded-fetch.js'

/**
 * Converts a token endpoint's response to the format of RFC 6749 §5, for providers with their own: tokens nested in a
 * member, or an error with status 200. Drops ID tokens, because the identity endpoint names the account.
 */
export function normalizedTokenResponse(received: Received, { tokensAt }: Pick<Provider, 'tokensAt'>): Received {
  const { status } = received
  const body = parsedObject(received.body.toString())
  if (!body) return received
  const { id_token: _, ...rest } = body
  const nested = tokensAt === null ? undefined : body[tokensAt]
  // Nested tokens have the provider's own token types.
  const tokens = { ...rest, ...(isObject(nested) && nested), ...(tokensAt !== null && { token_type: 'bearer' }) }
  const failed = typeof body.error === 'string' && status >= 200 && status < 300
  return { status: failed ? 400 : status, body: JSON.stringify(tokens) }
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
