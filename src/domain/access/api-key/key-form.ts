import { randomBytes } from 'node:crypto'
import { newSecret, SECRET_PATTERN } from '../../hashed-secret.js'

/** The key that a server in development makes for itself; of no worth elsewhere. Longer than any that is drawn. */
export const DEVELOPMENT_KEY_ID = 'development'

/** How every API key begins. */
export const KEY_PREFIX = 'pbk_'

const KEY = new RegExp(`^${KEY_PREFIX}([a-z]{10,11})_(${SECRET_PATTERN})$`)
const KEY_ID = new RegExp(`^(?:${KEY_PREFIX})?([a-z]{10,11})(?:_${SECRET_PATTERN})?$`)

const CONSONANTS = 'bdfghjklmnprstvz'
const VOWELS = 'aiou'

/** `pbk_<id>_<secret>`: the id says which key it is, the secret is shown once. */
export function formatKey(id: string, secret: string): string {
  return `${KEY_PREFIX}${id}_${secret}`
}

/** What people and lists call a key. */
export function shownKeyId(id: string): string {
  return `${KEY_PREFIX}${id}`
}

/** The parts of a whole key; null for anything else. */
export function parseKey(text: string): { id: string; secret: string } | null {
  const [, id, secret] = KEY.exec(text) ?? []
  return id && secret ? { id, secret } : null
}

/** Which key somebody means who writes `pbk_<id>`, `<id>`, or by mistake all of it; null for anything else. */
export function parseKeyId(text: string): string | null {
  return KEY_ID.exec(text)?.[1] ?? null
}

/** 32 random bits that can be said on the telephone: two proquints (arXiv:0901.4016) of five letters. */
export function newKeyId(): string {
  const bytes = randomBytes(4)
  return proquint(bytes.readUInt16BE(0)) + proquint(bytes.readUInt16BE(2))
}

function proquint(bits: number): string {
  const consonant = (shift: number) => CONSONANTS[(bits >> shift) & 0xf] ?? ''
  const vowel = (shift: number) => VOWELS[(bits >> shift) & 0x3] ?? ''
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0)
}

/** A key nobody has seen. */
export function newKey(): { id: string; secret: string } {
  return { id: newKeyId(), secret: newSecret() }
}
