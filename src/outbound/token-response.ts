import type { Provider } from '../domain/catalogue/provider.js'

/**
 * Converts a token endpoint's response to the format of RFC 6749 §5, for providers with their own: tokens nested in a
 * member, or an error with status 200. Drops ID tokens, because the identity endpoint names the account.
 */
export async function normalizedTokenResponse(response: Response, provider: Provider): Promise<Response> {
  const text = await response.text()
  const body = parsedObject(text)
  if (!body) return new Response(text, response)
  const { id_token: _, ...rest } = body
  const nested = provider.tokensAt === null ? undefined : body[provider.tokensAt]
  // Nested tokens have the provider's own token types.
  const tokens = {
    ...rest,
    ...(isObject(nested) && nested),
    ...(provider.tokensAt !== null && { token_type: 'bearer' }),
  }
  const failed = typeof body.error === 'string' && response.ok
  return new Response(JSON.stringify(tokens), { status: failed ? 400 : response.status, headers: response.headers })
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
