/** The text of one variable in a URL. */
const VARIABLE = /\{([A-Za-z]\w*)\}/g
/** Of no value is more allowed than this, so none contains a character that means something in a URL. */
const VALUE = /^[A-Za-z0-9](?:[A-Za-z0-9._~-]{0,126}[A-Za-z0-9_~-])?$/
/** RFC 1123 §2.1. */
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Values of the request itself, which the address of a revocation may have. No variable has an underscore or their name. */
const REQUEST_VALUE = /\{(client_id|token)\}/g

export type VariableValues = Readonly<Record<string, string>>

/** Returns the names of the variables in a URL, each once. */
export function variablesIn(url: string): string[] {
  return [...new Set([...url.replace(REQUEST_VALUE, '').matchAll(VARIABLE)].map(([, name = '']) => name))]
}

/** Returns whether an address has values of the request in which it is sent. */
export function hasRequestValues(url: string): boolean {
  return url.search(REQUEST_VALUE) >= 0
}

/**
 * Returns what is wrong with a URL that contains variables, or null. In its host, a variable is a whole label, and fixed
 * labels follow, so that a value can't lead to another company. It isn't in the scheme, the port or the fragment.
 */
export function templateFault(template: string): string | null {
  const { authority, rest } = partsOf(template)
  if (/[{}]/.test(template.replace(VARIABLE, ''))) return 'has braces that are not around the name of a variable'
  if (!URL.canParse(template.replace(VARIABLE, 'x')) || !/^https?:\/\//.test(template)) return 'must be an http(s) URL'
  if (authority.includes('@')) return 'must have no user information'
  if (hasRequestValues(authority)) return 'must have {client_id} and {token} behind its host'
  const [, host = '', port = ''] = /^(.*?)(:\d*)?$/.exec(authority) ?? []
  if (host.includes(':') || port === ':') return 'must have a fixed port'
  const labels = host.split('.')
  if (labels.some((label) => label.includes('{') && !/^\{\w+\}$/.test(label))) {
    return 'must have variables as whole labels of its host, such as {subdomain}.example.com'
  }
  const last = labels.findLastIndex((label) => label.startsWith('{'))
  const fixed = labels.slice(last + 1)
  if (last >= 0 && fixed.length < 2 && fixed[0] !== 'localhost') {
    return 'must end in two or more fixed labels after a variable in its host'
  }
  return rest.includes('#') ? 'must have no fragment' : null
}

/**
 * Returns a URL with these values in place of its variables, or null if one is missing or would change anything else. A
 * value in the host is one or more whole labels in small letters. Elsewhere, it is encoded.
 */
export function filledUrl(template: string, values: VariableValues): string | null {
  const names = variablesIn(template)
  if (names.length === 0) return template
  const given = (name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '') : '')
  if (!names.every((name) => VALUE.test(given(name)))) return null
  const { scheme, authority, rest } = partsOf(template)
  const host = lowered(authority).replace(VARIABLE, (_, name: string) => given(name))
  const filled = rest.replace(VARIABLE, (text, name: string) =>
    hasRequestValues(text) ? text : encodeURIComponent(given(name)),
  )
  const url = `${scheme}${host}${filled}`
  const hostname = host.replace(/:\d+$/, '')
  const isIntact =
    variablesIn(authority).length === 0 || (hostname.split('.').every(isHostLabel) && hostname.length <= 253)
  if (!isIntact || !URL.canParse(url)) return null
  // What URL parsers make of a host must be what was written.
  return new URL(url).hostname === hostname || variablesIn(authority).length === 0 ? url : null
}

/** Returns a text with those of its variables filled that have a value. */
export function filledText(template: string, values: VariableValues): string {
  return template.replace(VARIABLE, (text, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '') : text))
}

/** Returns what a value is between, for a form: the part of the URL before it, and the rest of its host after it. */
export function surroundingsOf(template: string, name: string): { prefix: string; suffix: string } {
  const [before = '', after = ''] = template.split(`{${name}}`)
  const isInHost = partsOf(template).authority.includes(`{${name}}`)
  return { prefix: before, suffix: isInHost ? (/^[^/?#]*/.exec(after)?.[0] ?? '') : '' }
}

/** Returns a host in small letters. A value has none other, so that two spellings are never two accounts. */
function lowered(authority: string): string {
  return authority.replace(/\{\w+\}|[A-Z]/g, (text) => (text.length === 1 ? text.toLowerCase() : text))
}

function isHostLabel(label: string): boolean {
  return HOST_LABEL.test(label)
}

function partsOf(url: string): { scheme: string; authority: string; rest: string } {
  const [, scheme = '', authority = '', rest = ''] = /^(https?:\/\/)([^/?#]*)([\s\S]*)$/.exec(url) ?? []
  return { scheme, authority, rest }
}
