import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { RequestScope } from '../../observability/request-scope.js'
import type { ServerTelemetry } from '../../observability/telemetry.js'
import { methodOf, pathOf, routeOf } from './routes.js'

const REQUEST_ID = /^[\w.-]{1,64}$/
/** The client left before the response (nginx's status for it). */
const CLIENT_LEFT = 499

/** Handles a request under its id, which the response also carries, and reports how it ended. */
export function observeRequest(
  request: IncomingMessage,
  response: ServerResponse,
  telemetry: ServerTelemetry,
  handle: () => void,
): void {
  const route = routeOf(pathOf(request))
  const method = methodOf(request)
  const span = {
    name: `${method} ${route.template}`,
    attributes: { 'http.request.method': method, 'http.route': route.template },
    headers: request.headers,
  }
  const scope = new RequestScope(requestIdOf(request), 'http', route.untraced ? undefined : span)
  response.setHeader('x-request-id', scope.requestId)
  response.once('close', () =>
    scope.run(() => {
      const status = response.headersSent ? response.statusCode : CLIENT_LEFT
      const streamed = String(response.getHeader('content-type')).startsWith('text/event-stream')
      telemetry.requestFinished({ route: route.name, method, status, durationMs: scope.durationMs, streamed })
      scope.end({ failed: status >= 500, attributes: { 'http.response.status_code': status } })
    }),
  )
  scope.run(handle)
}

/** Returns the id that the caller, usually a proxy, gave the request if it is safe to log, and otherwise a new one. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}
