const KEY_BYTES = 32
const MAKE_ONE = 'Create one with: openssl rand -base64 32'

/** Of 32 random bytes some 30 are distinct; fewer than 19 in one of two hundred thousand million draws. */
const MIN_DISTINCT_BYTES = 19
/** The same of the steps from byte to byte, or to the second, third and fourth next: whoever counts takes a few. */
const MIN_DISTINCT_STEPS = 12
const LAGS = [1, 2, 3, 4]

/** Keys that look random and are known to everybody, because they stand in documents as examples. */
const EXAMPLE_KEYS = new Set([
  'YD3rEBXKcb4rc67whX13gR81LAc7YQjXLZgQowkU3/Q=', // NIST SP 800-38A, F.1.5: AES-256 in every tutorial
  '/v/pkoZlcxxtao+UZzCDCP7/6ZKGZXMcbWqPlGcwgwg=', // the GCM specification's test cases 13 to 18
])

/** Says of every key-encryption key that cannot be trusted what is wrong with it and what to do; never what it is. */
export function vaultKeyFaults(keys: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return keys.flatMap((text, index) => {
    const position = `PATCHBAY_KEYS, position ${index + 1} of ${keys.length},`
    if (text === '') return [`${position} is empty. Remove the comma, or check the variable that should fill it.`]
    const key = decoded(text)
    if (!key) return [`${position} isn’t 256 bits in base64 (44 characters). ${MAKE_ONE}`]
    const canonical = key.toString('base64')
    const first = seen.get(canonical)
    if (first !== undefined) return [`${position} is the same key as position ${first}. Remove one of them.`]
    seen.set(canonical, index + 1)
    const weakness = weaknessOf(key)
    return weakness === null ? [] : [`${position} ${weakness}, so it can be guessed. ${MAKE_ONE}`]
  })
}

/** Both alphabets of base64, padded or not; a character that was lost or changed is noticed where it can be. */
function decoded(text: string): Buffer | null {
  const key = Buffer.from(text, 'base64')
  const spelled = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=$/, '')
  return key.length === KEY_BYTES && `${spelled}=` === key.toString('base64') ? key : null
}

/** Why nobody drew these bytes at random, or null. */
function weaknessOf(key: Buffer): string | null {
  if (EXAMPLE_KEYS.has(key.toString('base64'))) return 'is a well-known example'
  if (new Set(key).size < MIN_DISTINCT_BYTES) return 'has too few different bytes'
  if (LAGS.some((lag) => new Set(stepsOf(key, lag)).size < MIN_DISTINCT_STEPS)) return 'is a sequence'
  return isText(key) ? 'is text instead of random bytes' : null
}

/** Bytes themselves, so that from 255 to 0 is one up. */
function stepsOf(key: Buffer, lag: number): Uint8Array {
  return key.subarray(lag).map((byte, index) => byte - (key[index] ?? 0))
}

/** UTF-8 without control characters, cut at the end or filled up with zeros. Random bytes are that in one of thirty thousand million draws. */
function isText(key: Buffer): boolean {
  const filled = key.subarray(0, key.findLastIndex((byte) => byte !== 0) + 1)
  const text = filled.toString('utf8').replace(/\ufffd$/, '')
  return !/(?![\t\n\r])[\p{Cc}\ufffd]/u.test(text)
}
