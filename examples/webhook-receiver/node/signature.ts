import { createHmac, timingSafeEqual } from 'node:crypto'

/** Older or newer requests are refused, so that someone who recorded one can't send it again later. */
const TOLERANCE_SECONDS = 5 * 60

const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/

/** The request isn't from Patchbay, or isn't recent. */
export class InvalidSignatureError extends Error {
  override readonly name = 'InvalidSignatureError'
}

/** What Standard Webhooks sends in headers; undefined where the header is missing. */
export interface SignatureHeaders {
  /** `webhook-id` */
  id: string | undefined
  /** `webhook-timestamp`: seconds since 1970 */
  timestamp: string | undefined
  /** `webhook-signature`: one or several, separated by spaces */
  signature: string | undefined
}

/**
 * The key in a signing secret.
 * @throws Error if the secret isn't complete
 */
export function keyOf(secret: string): Buffer {
  const [, base64] = SECRET.exec(secret) ?? []
  if (base64 === undefined) throw new Error('the signing secret must start with whsec_')
  return Buffer.from(base64, 'base64')
}

/**
 * Verifies a request as Standard Webhooks says: HMAC-SHA256 of `id.timestamp.body`.
 * @param body as it came: parsed and written again, it has other bytes
 * @param now ms since 1970
 * @throws InvalidSignatureError
 */
export function verifySignature(
  { id, timestamp, signature }: SignatureHeaders,
  body: Buffer,
  key: Buffer,
  now = Date.now(),
): void {
  if (!id || !timestamp || !signature) throw new InvalidSignatureError('a header is missing')
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN
  if (!(Math.abs(now / 1_000 - seconds) <= TOLERANCE_SECONDS)) {
    throw new InvalidSignatureError('the timestamp is too old or too new')
  }
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
  // While a secret is being rotated, Patchbay signs with the previous one too.
  const isSigned = signature.split(' ').some((each) => {
    const [version, base64 = ''] = each.split(',', 2)
    const given = Buffer.from(base64, 'base64')
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
  })
  if (!isSigned) throw new InvalidSignatureError('no signature matches')
}
