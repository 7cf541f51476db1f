import { quotable } from '../token-endpoint/reported-error.js'

const MAX_READ = 20_000
const MAX_LENGTH = 200

/**
 * Returns the beginning of a response that doesn't say what is wrong in any known way, for an operator to read: without
 * markup, on one line, and without anything that was sent. Null if nothing is left.
 */
export function quotedBody(body: string, secrets: readonly string[]): string | null {
  const text = body
    .slice(0, MAX_READ)
    .replaceAll(/<(script|style|svg)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, ' ')
    .replaceAll(/<[^<>]{0,2000}>/g, ' ')
  const quoted = quotable(text, secrets)
  if (quoted === null) return null
  return quoted.length > MAX_LENGTH ? `“${quoted.slice(0, MAX_LENGTH)}…”` : `“${quoted}”`
}
