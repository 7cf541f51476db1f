import type { ExecutionResult, GraphQLError } from 'graphql'
import { ERROR_CODES, knownCode } from '../../observability/error-codes.js'
import type { ResultType } from './accepted-type.js'
import { headersOf } from './coded-error.js'

const FAULT = 500

/**
 * Says how HTTP shows a result with errors (decision 52), by the first rule that fits:
 *
 * 1. If a part of the data is usable, 200. A field that an error made null isn't usable.
 * 2. If a fault, the caller's credentials or a rate limit left nothing, the status of that: 500, 503, 401 or 429, for
 *    every media type. So libraries that look only at the status retry, or get a new token. Once an event stream's
 *    operation has started, a fault is an event instead, with 200: clients of streams read no bodies of other statuses.
 * 3. If the operation was carried out, 200, whatever its fields were refused for.
 * 4. Otherwise the status of what is wrong with the request. `application/json` has 200 for errors of the document.
 *
 * If several errors remain, the highest status counts.
 */
export function statusOf(
  { data, errors = [] }: Pick<ExecutionResult, 'data' | 'errors'>,
  type: ResultType | 'text/event-stream',
): number {
  if (errors.length === 0 || isUsable(data, errors)) return 200
  const isStream = type === 'text/event-stream'
  const ofAll = errors.filter(({ path }) => !isStream || path === undefined).map((error) => statusOfCode(error, type))
  const ofCaller = errors.map((error) => statusOfCode(error, type)).filter((status) => status === 401 || status === 429)
  const decisive = [...ofAll.filter((status) => status >= FAULT), ...ofCaller]
  if (decisive.length > 0) return Math.max(...decisive)
  const wasCarriedOut = data !== undefined || errors.every(({ path }) => path !== undefined)
  return wasCarriedOut ? 200 : Math.max(...ofAll)
}

/** Returns the result as HTTP sends it: with the status for yoga to use, and no data where that leaves none. */
export function withStatus(result: ExecutionResult, type: ResultType | 'text/event-stream'): ExecutionResult {
  const { errors } = result
  if (!errors?.length) return result
  const status = statusOf(result, type)
  for (const error of errors) error.extensions.http = { status, headers: status === 200 ? {} : headersOf(error) }
  // A response with data must have a 2xx status (GraphQL over HTTP, "application/graphql-response+json").
  return status !== 200 && result.data ? { ...result, data: null } : result
}

/** Whether a client can use anything of the data. */
function isUsable(data: ExecutionResult['data'], errors: readonly GraphQLError[]): boolean {
  if (!data) return false
  const failed = new Set(errors.map(({ path }) => path?.[0]))
  return Object.entries(data).some(([name, value]) => value !== null || !failed.has(name))
}

function statusOfCode({ extensions }: GraphQLError, type: ResultType | 'text/event-stream'): number {
  const code = knownCode(extensions.code)
  if (code === 'OTHER') return FAULT
  const { status, jsonStatus } = ERROR_CODES[code]
  return type === 'application/graphql-response+json' ? status : (jsonStatus ?? status)
}
