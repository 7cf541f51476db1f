/** The body of a token endpoint's response, in whatever format it came. */
export interface AnswerBody {
  text: string
  /** What it says, as one object. Null if it is neither JSON nor a form. */
  members: Record<string, unknown> | null
  /** Whether it is a page for people. Proxies send those in place of a server that isn't there. */
  isPage: boolean
}

/**
 * Reads JSON (RFC 6749 §5.1) and forms. The declared content type isn't consulted, because servers declare either one
 * and send the other.
 * @param parse reads JSON
 */
export function answerBody(received: string, parse: (text: string) => unknown = JSON.parse): AnswerBody {
  const text = received.replace(/^[\s\ufeff\0]+|[\s\0]+$/g, '')
  const members = fromJson(text, parse) ?? fromForm(text)
  return { text, members, isPage: members === null && text.startsWith('<') }
}

function fromJson(text: string, parse: (text: string) => unknown): Record<string, unknown> | null {
  const value = parsed(text, parse)
  // Some servers encode twice, and some answer with a list of one.
  const decoded = typeof value === 'string' ? parsed(value, parse) : value
  const only = Array.isArray(decoded) && decoded.length === 1 ? decoded[0] : decoded
  return isObject(only) ? only : null
}

/** Only what looks like a form: names without spaces or markup, each with a value. */
function fromForm(text: string): Record<string, unknown> | null {
  if (!/^[\w.[\]%-]+=[^\s<>"{}]*(?:&[\w.[\]%-]+=[^\s<>"{}]*)*&?$/.test(text)) return null
  return Object.fromEntries(new URLSearchParams(text))
}

function parsed(text: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
