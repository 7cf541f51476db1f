import { randomBytes } from 'node:crypto'
import { newSecret, SECRET_PATTERN } from '../../hashed-secret.js'

/** The id of the key that a development server creates for itself. Useless elsewhere. Longer than any random id. */
export const DEVELOPMENT_KEY_ID = 'development'

/** The prefix of every API key. */
export const KEY_PREFIX = 'pbk_'

const KEY = new RegExp(`^${KEY_PREFIX}([a-z]{10,11})_(${SECRET_PATTERN})$`)
const KEY_ID = new RegExp(`^(?:${KEY_PREFIX})?([a-z]{10,11})(?:_${SECRET_PATTERN})?$`)

const CONSONANTS = 'bdfghjklmnprstvz'
const VOWELS = 'aiou'

/** Returns `pbk_<id>_<secret>`. The id names the key, and the secret is shown once. */
export function formatKey(id: string, secret: string): string {
  return `${KEY_PREFIX}${id}_${secret}`
}

/** The part of a key that people and lists may see. */
export function shownKeyId(id: string): string {
  return `${KEY_PREFIX}${id}`
}

/** Returns the parts of a complete key, or null for anything else. */
export function parseKey(text: string): { id: string; secret: string } | null {
  const [, id, secret] = KEY.exec(text) ?? []
  return id && secret ? { id, secret } : null
}

/**
 * Returns the key id that someone means by `pbk_<id>`, `<id>` or, by mistake, the complete key. Null for anything else.
 */
export function parseKeyId(text: string): string | null {
  return KEY_ID.exec(text)?.[1] ?? null
}

/** 32 random bits that can be read out over the phone: two proquints (arXiv:0901.4016) of five letters each. */
export function newKeyId(): string {
  const bytes = randomBytes(4)
  return proquint(bytes.readUInt16BE(0)) + proquint(bytes.readUInt16BE(2))
}

function proquint(bits: number): string {
  const consonant = (shift: number) => CONSONANTS[(bits >> shift) & 0xf] ?? ''
  const vowel = (shift: number) => VOWELS[(bits >> shift) & 0x3] ?? ''
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0)
}

/** Returns a new random key. */
export function newKey(): { id: string; secret: string } {
  return { id: newKeyId(), secret: newSecret() }
}
