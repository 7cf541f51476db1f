const KEY_BYTES = 32
const MAKE_ONE = 'Create one with: openssl rand -base64 32'

/** Among 32 random bytes, about 30 are distinct. Fewer than 19 is a chance of 1 in 200 billion. */
const MIN_DISTINCT_BYTES = 19
/**
 * The same for the differences from each byte to the next, second, third and fourth next. A counting sequence has only
 * a few.
 */
const MIN_DISTINCT_STEPS = 12
const LAGS = [1, 2, 3, 4]

/** Keys that look random but are publicly known, because documents use them as examples. */
const EXAMPLE_KEYS = new Set([
  'YD3rEBXKcb4rc67whX13gR81LAc7YQjXLZgQowkU3/Q=', // NIST SP 800-38A, F.1.5: AES-256 in every tutorial
  '/v/pkoZlcxxtao+UZzCDCP7/6ZKGZXMcbWqPlGcwgwg=', // the GCM specification's test cases 13 to 18
])

/** Returns what is wrong with each key-encryption key that can't be trusted, and what to do. Never contains the key. */
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

/** Decodes both base64 alphabets, padded or not. Detects lost or changed characters where possible. */
function decoded(text: string): Buffer | null {
  const key = Buffer.from(text, 'base64')
  const spelled = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=$/, '')
  return key.length === KEY_BYTES && `${spelled}=` === key.toString('base64') ? key : null
}

/** Returns why these bytes can't be random, or null. */
function weaknessOf(key: Buffer): string | null {
  if (EXAMPLE_KEYS.has(key.toString('base64'))) return 'is a well-known example'
  if (new Set(key).size < MIN_DISTINCT_BYTES) return 'has too few different bytes'
  if (LAGS.some((lag) => new Set(stepsOf(key, lag)).size < MIN_DISTINCT_STEPS)) return 'is a sequence'
  return isText(key) ? 'is text instead of random bytes' : null
}

/** As bytes, so that 255 to 0 is a step of one. */
function stepsOf(key: Buffer, lag: number): Uint8Array {
  return key.subarray(lag).map((byte, index) => byte - (key[index] ?? 0))
}

/**
 * UTF-8 without control characters, possibly cut off at the end or padded with zeros. The chance that random bytes
 * match is 1 in 30 billion.
 */
function isText(key: Buffer): boolean {
  const filled = key.subarray(0, key.findLastIndex((byte) => byte !== 0) + 1)
  const text = filled.toString('utf8').replace(/\ufffd$/, '')
  return !/(?![\t\n\r])[\p{Cc}\ufffd]/u.test(text)
}
