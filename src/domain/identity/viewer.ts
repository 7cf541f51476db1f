import { createHash } from 'node:crypto'
import { uuidOf } from '../formats.js'

/** The user that a verified token names. */
export interface Viewer {
  /** Derived from issuer, subject and organization, so that no lookup is needed. */
  userId: string
  issuer: string
  subject: string
  name: string | null
  organization: { id: string; name: string | null }
  isOperator: boolean
  /** When the token was issued, if it says. Erasing a user ends all tokens issued before. */
  issuedAt: Date | null
  /** Set for a setup session, which sees and changes only this setup. */
  session: { id: string; setupId: string } | null
  /** When the token expires, along with everything that was opened with it. */
  expiresAt: Date | null
}

/** The `issuedAt` for what the server or a back end does for a user, who may have just been erased. */
export const ALWAYS_ADMITTED = new Date('9999-12-31T00:00:00Z')

/** A UUID (version 8, RFC 9562 §5.8) that depends only on the parts. */
export function derivedId(...parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  const bytes = hash.digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return uuidOf(bytes.toString('hex'))
}

export function userIdOf(identity: { issuer: string; subject: string; organization: string }): string {
  return derivedId('user', identity.issuer, identity.subject, identity.organization)
}

/** A user has at most one setup of a plugin. It gets the same id each time it is started. */
export function setupIdOf(userId: string, pluginSlug: string): string {
  return derivedId('setup', userId, pluginSlug)
}
