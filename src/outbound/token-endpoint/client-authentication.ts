import * as oauth from 'oauth4webapi'
import type { OAuthTarget } from '../../domain/ports/oauth-client.js'
import { importedPrivateKey } from './private-key.js'

/**
 * Returns how the client identifies itself at the token and revocation endpoints (RFC 6749 §2.3.1, RFC 7523 §2.2).
 * Methods without a secret never send one.
 */
export function clientAuthenticationOf({ provider, credentials }: OAuthTarget): oauth.ClientAuth {
  const { clientId } = credentials
  const clientSecret = credentials.clientSecret ?? ''
  switch (provider.clientAuthentication) {
    case 'client_secret_basic':
      return oauth.ClientSecretBasic(clientSecret)
    case 'client_secret_basic_raw':
      return basic(clientId, clientSecret)
    case 'client_secret_as_username':
      return basic(clientSecret, '')
    case 'client_secret_post':
      return oauth.ClientSecretPost(clientSecret)
    case 'none':
      return oauth.None()
    case 'private_key_jwt':
      return withPrivateKey(clientSecret, provider.assertionAudience ?? provider.issuer ?? provider.tokenUrl)
  }
}

/** Without the encoding of RFC 6749 §2.3.1, which many servers don't undo (RFC 7617). */
function basic(username: string, password: string): oauth.ClientAuth {
  return (_server, _client, _body, headers) => {
    headers.set('authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`)
  }
}

function withPrivateKey(text: string, audience: string): oauth.ClientAuth {
  return async (server, client, body, headers) => {
    const key = await importedPrivateKey(text)
    const authenticate = oauth.PrivateKeyJwt(key, {
      [oauth.modifyAssertion]: (_header, payload) => {
        payload.aud = audience
      },
    })
    await authenticate(server, client, body, headers)
  }
}
