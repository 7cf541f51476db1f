import { createPrivateKey } from 'node:crypto'
import type { Provider } from '../catalogue/provider.js'
import { InvalidInputError } from '../errors.js'
import type { ClientCredentials } from '../ports/oauth-client.js'

/**
 * Returns credentials that suit the provider's client authentication.
 * @param path where the secret is in the input
 * @throws InvalidInputError if the secret is missing, or isn't the private key that it has to be
 */
export function checkedCredentials(
  { clientId, clientSecret }: { clientId: string; clientSecret?: string | null | undefined },
  { clientAuthentication }: Pick<Provider, 'clientAuthentication'>,
  path = 'credentials.clientSecret',
): ClientCredentials {
  if (clientAuthentication === 'none') return { clientId, clientSecret: null }
  if (clientSecret == null) {
    const message = 'is required, unless the provider’s clientAuthentication is none'
    throw new InvalidInputError('connector', [{ path, message }])
  }
  if (clientAuthentication === 'private_key_jwt' && !isPrivateKey(clientSecret)) {
    const message = 'must be a private key with private_key_jwt: a JWK or PKCS #8 in PEM, of type RSA, EC or Ed25519'
    throw new InvalidInputError('connector', [{ path, message }])
  }
  return { clientId, clientSecret }
}

function isPrivateKey(text: string): boolean {
  try {
    const isJwk = text.trimStart().startsWith('{')
    const key = isJwk ? createPrivateKey({ key: JSON.parse(text), format: 'jwk' }) : createPrivateKey(text)
    return ['rsa', 'ec', 'ed25519'].includes(key.asymmetricKeyType ?? '')
  } catch {
    return false
  }
}
