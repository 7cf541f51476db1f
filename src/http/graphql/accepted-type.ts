export type ResultType = 'application/json' | 'application/graphql-response+json'
export const EVENT_STREAM = 'text/event-stream'

/**
 * Chooses the type of a result, as yoga does: the first one in an Accept header that fits, whatever its `q`. UTF-8 is
 * the only charset.
 * @returns undefined if the client accepts neither type
 */
export function acceptedType(accept: string | undefined): ResultType | undefined {
  if (accept === 'application/json' || accept === '*/*' || !accept) return 'application/json'
  for (const type of typesIn(accept)) {
    const fitting = TYPES.get(type)
    if (fitting) return fitting
  }
  return undefined
}

/** Returns whether the client accepts a stream of events, as yoga decides it. */
export function acceptsStream(accept: string | undefined): boolean {
  return !accept || typesIn(accept).some((type) => STREAM_TYPES.has(type))
}

/** Returns whether the client accepts several parts, which yoga also answers queries with. */
export function acceptsParts(accept: string | undefined): boolean {
  return accept !== undefined && typesIn(accept).some((type) => PART_TYPES.has(type))
}

/** Returns the types in an Accept header, in their order, without those in another charset. */
function typesIn(accept: string): string[] {
  return accept
    .replace(/\s/g, '')
    .toLowerCase()
    .split(',')
    .flatMap((entry) => {
      const [type = '', ...parameters] = entry.split(';')
      const charset = parameters.find((parameter) => parameter.includes('charset=')) ?? 'charset=utf-8'
      return charset === 'charset=utf-8' ? [type] : []
    })
}

const TYPES = new Map<string, ResultType>([
  ['application/json', 'application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['*/graphql-response+json', 'application/graphql-response+json'],
  ['*/json', 'application/json'],
  ['application/*', 'application/json'],
  ['*/*', 'application/json'],
])
const STREAM_TYPES = new Set([EVENT_STREAM, 'text/*', '*/event-stream', '*/*'])
const PART_TYPES = new Set(['multipart/mixed', 'multipart/*', '*/mixed'])
