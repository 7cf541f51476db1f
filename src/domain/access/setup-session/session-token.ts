import { uuidOf } from '../../formats.js'
import { SECRET_PATTERN } from '../../hashed-secret.js'

/** The prefix of every setup session's token. */
export const SESSION_PREFIX = 'pbs_'

const TOKEN = new RegExp(`^${SESSION_PREFIX}([0-9a-f]{32})_(${SECRET_PATTERN})$`)

/** Returns `pbs_<id>_<secret>`. */
export function formatSessionToken(id: string, secret: string): string {
  return `${SESSION_PREFIX}${id.replaceAll('-', '')}_${secret}`
}

/** Returns the parts of a complete token, or null for anything else. */
export function parseSessionToken(text: string): { id: string; secret: string } | null {
  const [, hex, secret] = TOKEN.exec(text) ?? []
  return hex && secret ? { id: uuidOf(hex), secret } : null
}
