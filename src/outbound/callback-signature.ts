import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Provider } from '../domain/catalogue/provider.js'

type Signature = NonNullable<Provider['callback']['signature']>

/** Returns whether a callback has the signature that only the app and the client can make. */
export function isSigned(parameters: URLSearchParams, signature: Signature, secret: string | null): boolean {
  const [given = '', ...others] = parameters.getAll(signature.parameter)
  if (secret === null || secret === '' || others.length > 0 || !/^[\da-f]{64}$/i.test(given)) return false
  const received = Buffer.from(given, 'hex')
  return signedTexts(parameters, signature).some((text) => timingSafeEqual(digestOf(text, secret), received))
}

/** Returns the signature that a callback with these parameters has. */
export function signatureOf(parameters: URLSearchParams, signature: Signature, secret: string): string {
  const [text = ''] = signedTexts(parameters, signature)
  return digestOf(text, secret).toString('hex')
}

function digestOf(text: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(text).digest()
}

/**
 * The parameters in the order of their names. Implementations differ in how they encode values that have more than
 * letters and digits. Neither way gives two callbacks the same text.
 */
function signedTexts(parameters: URLSearchParams, { parameter, leftOut }: Signature): string[] {
  const signed = [...parameters].filter(([name]) => name !== parameter && !leftOut.includes(name))
  const sorted = signed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const escaped = (text: string) => text.replaceAll('%', '%25').replaceAll('&', '%26')
  const plain = sorted.map(([name, value]) => `${escaped(name).replaceAll('=', '%3D')}=${escaped(value)}`)
  return [plain.join('&'), new URLSearchParams(sorted).toString()]
}
