import { type DestinationStream, type Logger, pino } from 'pino'
import { currentRequest } from './request-scope.js'
import { traceFields } from './spans.js'

export type { Logger }

/** Names that secrets have, wherever they appear in what is logged. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'set-cookie',
  'access_token',
  'refresh_token',
  'id_token',
  'client_secret',
  'code',
  'state',
  'code_verifier',
  'accessToken',
  'refreshToken',
  'clientSecret',
  'codeVerifier',
  'token',
  'password',
]

/**
 * Writes JSON lines to standard output. Removes values that have the names of secrets, two levels deep. A line written
 * during a request names the request, its authorization and its trace.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const paths = SECRET_NAMES.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`])
  const options = {
    level,
    base: null,
    redact: { paths, remove: true },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => ({ ...requestFields(), ...traceFields() }),
  }
  return destination ? pino(options, destination) : pino(options)
}

function requestFields(): { requestId?: string; authorizationId?: string } {
  const request = currentRequest()
  if (!request) return {}
  const { requestId, authorizationId } = request
  return authorizationId === undefined ? { requestId } : { requestId, authorizationId }
}
