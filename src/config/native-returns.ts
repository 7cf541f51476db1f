const SCHEME_OF = /^([a-z][a-z0-9+.-]*):/i
/** A reverse domain name (RFC 8252 §7.1): only its owner has a claim to it. */
const REVERSE_DOMAIN = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+$/
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:[1-9]\d{0,4})?\//
const EXAMPLES = 'such as com.example.app:/callback or http://127.0.0.1/callback'

/**
 * Returns what is wrong with an address of a native app, as the rest of a sentence, or null. It is a scheme that only the
 * app's maker has a claim to, or a loopback address, each with a path (RFC 8252 §7.1, §7.3).
 */
export function nativeReturnFault(text: string): string | null {
  const [, scheme = ''] = SCHEME_OF.exec(text) ?? []
  if (scheme === '') return `must be an address of a native app, ${EXAMPLES}`
  if (/^https?$/i.test(scheme)) {
    if (scheme === 'http' && LOOPBACK.test(text)) return shapeFault(text)
    if (/^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?$/i.test(text))
      return 'needs a path, as in http://127.0.0.1/callback'
    return 'is a web address. List its origin in PATCHBAY_RETURN_ORIGINS instead. Here, only http://127.0.0.1, http://[::1] and http://localhost may begin a web address'
  }
  if (!REVERSE_DOMAIN.test(scheme)) {
    return `uses the scheme ${scheme.toLowerCase()}, which doesn’t belong to one app. Use a domain of yours in reverse and in lower case, as in com.example.app:/callback`
  }
  return text[scheme.length + 1] === '/'
    ? shapeFault(text)
    : 'needs a path after the scheme, as in com.example.app:/callback'
}

/** Addresses are compared as texts, so each has to be as the URL parser would write it. */
function shapeFault(text: string): string | null {
  if (/[?#]/.test(text)) return 'may have no query and no fragment. Your app adds them to returnTo'
  const isPlain = URL.canParse(text) && !/[@*\s\\]/.test(text) && new URL(text).href === text
  return isPlain ? null : `must be a plain address without a user, * or .. in it, ${EXAMPLES}`
}
