import type { SalvagedTokens } from '../../domain/ports/oauth-client.js'
import type { AnswerBody } from './answer-body.js'

/** Deeper than any provider nests its tokens. */
const MAX_DEPTH = 6

/**
 * Looks for tokens in a response that can't be used as it is, by what its members are called in any spelling. It may be
 * cut off in the middle. What is found is good enough to revoke, and to ask for better tokens.
 * @param sent tokens of the request, which a response may repeat
 * @returns null if the response has nothing that looks like a new token
 */
export function salvagedTokens({ members, text, isPage }: AnswerBody, sent: readonly string[]): SalvagedTokens | null {
  const found = new Map<string, string>()
  if (members) collect(members, found, 0)
  else if (!isPage) {
    for (const [, name = '', value = ''] of text.matchAll(/"([\w-]{1,64})"\s*:\s*"((?:[^"\\]|\\.)+)"/g)) {
      keep(found, name, unescaped(value))
    }
  }
  const newOf = (name: string) => {
    const token = found.get(name)
    return token === undefined || sent.includes(token) ? null : token
  }
  const refreshToken = newOf('refreshtoken')
  const accessToken = newOf('accesstoken') ?? newOf('token')
  return refreshToken === null && accessToken === null ? null : { accessToken, refreshToken }
}

function collect(value: unknown, found: Map<string, string>, depth: number): void {
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) return
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string') keep(found, name, member)
    else collect(member, found, depth + 1)
  }
}

function keep(found: Map<string, string>, name: string, value: string): void {
  const spelled = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const token = value.trim()
  if (token !== '' && !/[\s\p{Cc}]/u.test(token) && !found.has(spelled)) found.set(spelled, token)
}

function unescaped(value: string): string {
  try {
    return String(JSON.parse(`"${value}"`))
  } catch {
    return value
  }
}
