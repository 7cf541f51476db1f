import type { GraphQLError } from 'graphql'
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { codedError } from './coded-error.js'

const IN_ADDRESS = ['variables', 'extensions']
const TEXTS = ['operationName', 'documentId']

/** Refuses what yoga's parsers would throw at, or read as something else. */
export const readableRequests: Plugin = {
  onRequestParse({ request }) {
    const encoding = request.headers.get('content-encoding') ?? 'identity'
    if (encoding !== 'identity') {
      throw codedError(
        'UNSUPPORTED_MEDIA_TYPE',
        'Compressed requests aren’t supported. Send the body without content-encoding.',
      )
    }
    if (request.method !== 'GET') return
    const { searchParams } = new URL(request.url)
    const unreadable = IN_ADDRESS.find((name) => searchParams.get(name) && !isJson(searchParams.get(name)))
    if (unreadable) {
      throw codedError('BAD_REQUEST', `The “${unreadable}” in the address aren’t valid JSON. Send an object.`)
    }
  },
}

/** Returns the error for a parameter that has to be a text and isn't one. */
export function misplacedParameter(params: GraphQLParams): GraphQLError | undefined {
  const given = params as Record<string, unknown>
  const wrong = TEXTS.find((name) => given[name] != null && typeof given[name] !== 'string')
  return wrong === undefined
    ? undefined
    : codedError('BAD_REQUEST', `“${wrong}” has to be text. Send it as a JSON string.`)
}

function isJson(text: string | null): boolean {
  try {
    JSON.parse(text ?? '')
    return true
  } catch {
    return false
  }
}
