import type { Provider } from '../../domain/catalogue/provider.js'

/** From the method that servers support best to the one that they rarely support alone. */
const PREFERRED = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const

/**
 * Chooses how the client identifies itself, given `token_endpoint_auth_methods_supported` (RFC 8414 §2). If it is absent,
 * that is `client_secret_basic`.
 */
export function supportedAuthentication(
  methods: readonly unknown[] | null | undefined,
): Provider['clientAuthentication'] {
  if (!methods) return 'client_secret_basic'
  return PREFERRED.find((method) => methods.includes(method)) ?? 'client_secret_post'
}
