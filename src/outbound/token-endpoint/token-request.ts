import type { Provider } from '../../domain/catalogue/provider.js'

/** A request to the token endpoint as the RFC has it. */
interface StandardRequest {
  headers: Record<string, string>
  body: URLSearchParams
}

export interface ShapedRequest {
  headers: Record<string, string>
  body: string
}

/** Rewrites a token request in the way that the provider wants it. Its values don't change, and the credentials remain. */
export function shapedTokenRequest(
  { headers, body }: StandardRequest,
  { format, headers: fixed, ...names }: Provider['tokenRequest'],
): ShapedRequest {
  const parameters = [...body]
    .filter(([name]) => !names.leftOut.includes(name))
    .map(([name, value]) => [providersName(names, name), value] as const)
  const { accept, ...standard } = headers
  const all = { ...(accept && { accept }), ...lowerCased(fixed), ...standard }
  if (format === 'form')
    return { headers: all, body: new URLSearchParams(parameters.map(([...pair]) => pair)).toString() }
  return {
    headers: { ...all, 'content-type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(parameters)),
  }
}

/** Returns the provider's name for a standard parameter. */
export function providersName({ renamed }: Pick<Provider['tokenRequest'], 'renamed'>, name: string): string {
  return (Object.hasOwn(renamed, name) ? renamed[name] : undefined) ?? name
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
