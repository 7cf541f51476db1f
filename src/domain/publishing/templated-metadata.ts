import type { z } from 'zod'
import type { ProviderSchema } from '../catalogue/provider.js'
import { filledUrl, type VariableValues, variablesIn } from '../catalogue/url-template.js'

type Metadata = z.input<typeof ProviderSchema>

/**
 * Returns one customer's metadata as it is for every customer: with variables in the host of the issuer, and in place of
 * whole parts of paths. A client secret then goes only to hosts that the operator's template allows, whatever another
 * customer's metadata says.
 * @param issuer with variables
 * @param values of that customer
 * @throws DependentUrlError for a URL that contains a value elsewhere
 */
export function templatedMetadata(metadata: Metadata, issuer: string, values: VariableValues): Metadata {
  const names = variablesIn(issuer)
  if (names.length === 0) return metadata
  const inHost = /^https?:\/\/([^/?#]*)/.exec(issuer)?.[1] ?? ''
  const host = new URL(filledUrl(issuer, values) ?? issuer).host
  const inPath = names.filter((name) => !inHost.includes(`{${name}}`))
  const change = (url: string): string => {
    if (/[{}]/.test(url)) return url
    const [, scheme = '', authority = '', rest = ''] = /^(https?:\/\/)([^/?#]*)(.*)$/s.exec(url) ?? []
    const path = inPath.reduce((text, name) => withVariable(text, name, values[name] ?? ''), rest)
    if (authority.toLowerCase() === host) return `${scheme}${inHost}${path}`
    if (names.some((name) => authority.toLowerCase().includes(values[name] ?? ''))) throw new DependentUrlError(url)
    return `${scheme}${authority}${path}`
  }
  const changed = <Url extends string | null | undefined>(url: Url) => (typeof url === 'string' ? change(url) : url)
  const { identity } = metadata
  return {
    ...metadata,
    authorizationUrl: change(metadata.authorizationUrl),
    tokenUrl: change(metadata.tokenUrl),
    revocationUrl: changed(metadata.revocationUrl),
    issuer: metadata.issuer == null ? metadata.issuer : issuer,
    identity: identity && { ...identity, url: changed(identity.url) },
  }
}

/** A URL in the metadata of one customer that can't be told for others. */
export class DependentUrlError extends Error {
  override readonly name = 'DependentUrlError'
  constructor(readonly url: string) {
    super(`it depends on the customer in a way that Patchbay can’t tell: ${url}`)
  }
}

function withVariable(path: string, name: string, value: string): string {
  return path
    .split('/')
    .map((part) => (part === encodeURIComponent(value) ? `{${name}}` : part))
    .join('/')
}
