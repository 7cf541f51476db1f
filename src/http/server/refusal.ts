import type { IncomingMessage } from 'node:http'
import type { GraphQLError } from 'graphql'
import { ERROR_CODES, knownCode } from '../../observability/error-codes.js'
import { codedError, comingBack, headersOf } from '../graphql/coded-error.js'
import { MAX_BODY_BYTES } from './request-body.js'
import { GRAPHQL_PATH } from './routes.js'

/** More of a header isn't quoted. */
const MAX_QUOTED = 200

export const STARTING = codedError(
  'SERVICE_UNAVAILABLE',
  'Patchbay is starting. Try again in a few seconds.',
  comingBack(),
)
export const STOPPING = codedError(
  'SERVICE_UNAVAILABLE',
  'This instance is shutting down. Try again to reach another one.',
  comingBack(),
)
export const TOO_LARGE = codedError(
  'REQUEST_ENTITY_TOO_LARGE',
  `The request is larger than ${MAX_BODY_BYTES.toLocaleString('en')} bytes, which is the limit. Split it into several requests.`,
)
export const ORIGIN_NOT_ALLOWED = codedError(
  'ORIGIN_NOT_ALLOWED',
  'This origin isn’t allowed to call the API. Operators allow origins with PATCHBAY_CORS_ORIGINS.',
)
export const NO_SOCKETS_HERE = codedError('NOT_FOUND', `WebSockets are only at ${GRAPHQL_PATH}. Connect there.`)
const METHOD_NOT_ALLOWED = codedError(
  'METHOD_NOT_ALLOWED',
  'Send operations with POST, or queries and subscriptions with GET.',
  { http: { headers: { allow: 'GET, POST' } } },
)

/** The request is for another host name. */
export function misdirected(publicUrl: string): GraphQLError {
  return codedError('MISDIRECTED_REQUEST', `This server is only available at ${publicUrl}. Send the request there.`)
}

/** Returns the error for a request that can't contain an operation, or mustn't. */
export function refusalOf(
  { method, headers: { origin, 'content-type': type = '' } }: Pick<IncomingMessage, 'method' | 'headers'>,
  isAllowedOrigin: (origin: string | undefined) => boolean,
): GraphQLError | undefined {
  if (!isAllowedOrigin(origin)) return ORIGIN_NOT_ALLOWED
  if (method === 'POST') return /^application\/json(?:$|[;,])/.test(type) ? undefined : unsupported(type)
  // Browsers ask for permission with OPTIONS and an Origin.
  const isUsual = method === 'GET' || (method === 'OPTIONS' && origin !== undefined)
  return isUsual ? undefined : METHOD_NOT_ALLOWED
}

function unsupported(type: string): GraphQLError {
  const sent = type === '' ? 'no content type' : `the content type ${type.slice(0, MAX_QUOTED)}`
  return codedError(
    'UNSUPPORTED_MEDIA_TYPE',
    `The request has ${sent}, but Patchbay reads only application/json. Send the operation as JSON, with content-type: application/json.`,
  )
}

/** A response to what never becomes an operation. */
export interface Refusal {
  status: number
  headers: Record<string, string>
  body: string
}

/** Says no in GraphQL's format, so that clients need to read only one. The error's code decides the status. */
export function refusal(error: GraphQLError): Refusal {
  const { http, ...extensions } = error.extensions
  const code = knownCode(extensions.code)
  return {
    status: code === 'OTHER' ? 500 : ERROR_CODES[code].status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headersOf(error) },
    body: JSON.stringify({ errors: [{ message: error.message, extensions }] }),
  }
}
