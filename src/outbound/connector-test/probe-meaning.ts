import type { Meaning } from './check.js'
import type { Probed } from './probe.js'

const NOT_THERE = [404, 410]

/** Says what the answer to a consent screen's URL means. RFC 6749 §4.1.2.1 sends errors back to the redirect URI. */
export function authorizationMeaning({ status, location }: Omit<Probed, 'text'>, redirectUri: string): Meaning {
  if (status >= 500) return outOfOrder('the authorization URL')
  if (NOT_THERE.includes(status)) return notThere('authorizationUrl')
  const error = errorIn(location, redirectUri)
  if (error !== null && !/^(?:access_denied|login_required|interaction_required|consent_required)$/.test(error)) {
    const change =
      error === 'invalid_scope'
        ? 'Check defaultScopes, and the scopes that plugins require.'
        : 'Check the client at the provider, and authorizationParameters.'
    return { status: 'failed', detail: `sends the user back with ${error}`, change }
  }
  if (status >= 400) {
    const change =
      'Open it in a browser: start authorizeConnector, or connect the app in the wizard. The page usually says whether the client id or the redirect URI is unknown.'
    return { status: 'unknown', detail: `answers with ${status}`, change }
  }
  return { status: 'ok', detail: location === null ? `answers with ${status}` : 'redirects, usually to sign in' }
}

/** Says whether an endpoint that needs a token is there. Without one, it refuses. */
export function identityMeaning({ status }: Pick<Probed, 'status'>, setting: 'identity.url' | 'lookup.url'): Meaning {
  if (status >= 500) return outOfOrder(`the ${setting === 'identity.url' ? 'identity' : 'lookup'} endpoint`)
  if (NOT_THERE.includes(status)) return notThere(setting)
  if (status >= 300 && status < 400) {
    const change = `Use the URL that it redirects to in ${setting}. Patchbay follows no redirects.`
    return { status: 'failed', detail: 'redirects', change }
  }
  return { status: 'ok', detail: `answers with ${status} without a token` }
}

export function outOfOrder(what: string): Meaning {
  return { status: 'failed', detail: `${what} is out of order`, change: 'Try again later. The provider has trouble.' }
}

export function notThere(setting: string): Meaning {
  const change = `Look up the URL in the provider’s documentation, and correct ${setting}.`
  return { status: 'failed', detail: 'isn’t there', change }
}

function errorIn(location: string | null, redirectUri: string): string | null {
  if (!location?.startsWith(redirectUri) || !URL.canParse(location)) return null
  const { searchParams, hash } = new URL(location)
  const error = searchParams.get('error') ?? new URLSearchParams(hash.slice(1)).get('error')
  return error === null ? null : /^[\w.-]{1,64}$/.test(error) ? error : 'an error'
}
