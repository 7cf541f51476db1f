export type ResultType = 'application/json' | 'application/graphql-response+json'

/**
 * Chooses the type of a result, as yoga does: the first one in an Accept header that fits, whatever its `q`. UTF-8 is
 * the only charset.
 * @returns undefined if the client accepts neither type
 */
export function acceptedType(accept: string | undefined): ResultType | undefined {
  if (accept === 'application/json' || accept === '*/*' || !accept) return 'application/json'
  for (const entry of accept.replace(/\s/g, '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = entry.split(';')
    const charset = parameters.find((parameter) => parameter.includes('charset=')) ?? 'charset=utf-8'
    const fitting = charset === 'charset=utf-8' ? TYPES.get(type) : undefined
    if (fitting) return fitting
  }
  return undefined
}

const TYPES = new Map<string, ResultType>([
  ['application/json', 'application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['*/graphql-response+json', 'application/graphql-response+json'],
  ['*/json', 'application/json'],
  ['application/*', 'application/json'],
  ['*/*', 'application/json'],
])
