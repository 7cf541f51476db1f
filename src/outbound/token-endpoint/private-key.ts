import { createPrivateKey, type JsonWebKey, type KeyObject, webcrypto } from 'node:crypto'
import type * as oauth from 'oauth4webapi'

const CURVES: Record<string, webcrypto.EcKeyImportParams> = {
  prime256v1: { name: 'ECDSA', namedCurve: 'P-256' },
  secp384r1: { name: 'ECDSA', namedCurve: 'P-384' },
  secp521r1: { name: 'ECDSA', namedCurve: 'P-521' },
}

/**
 * Imports a client's private key for signing.
 * @param text a JWK, whose `kid` and `alg` count, or PKCS #8 in PEM
 * @throws Error if it is neither
 */
export async function importedPrivateKey(text: string): Promise<oauth.PrivateKey> {
  const jwk: (JsonWebKey & { kid?: string }) | undefined = text.trimStart().startsWith('{')
    ? JSON.parse(text)
    : undefined
  const key = jwk ? createPrivateKey({ key: jwk, format: 'jwk' }) : createPrivateKey(text)
  const der = key.export({ type: 'pkcs8', format: 'der' })
  const algorithm = algorithmOf(key, typeof jwk?.alg === 'string' ? jwk.alg : undefined)
  const imported = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
  return { key: imported, ...(typeof jwk?.kid === 'string' && { kid: jwk.kid }) }
}

function algorithmOf(key: KeyObject, alg: string | undefined) {
  const { asymmetricKeyType, asymmetricKeyDetails } = key
  if (asymmetricKeyType === 'ed25519') return { name: 'Ed25519' }
  if (asymmetricKeyType === 'ec') {
    const curve = CURVES[asymmetricKeyDetails?.namedCurve ?? '']
    if (curve) return curve
  }
  if (asymmetricKeyType !== 'rsa') throw new Error(`keys of type ${asymmetricKeyType} can’t sign client assertions`)
  const hash = `SHA-${/\d{3}$/.exec(alg ?? '')?.[0] ?? '256'}`
  return { name: alg?.startsWith('PS') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash }
}
