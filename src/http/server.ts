import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Report } from '../observability/report.js'
import { currentRequest } from '../observability/request-scope.js'
import { bind } from './bind.js'
import { withinBodyLimit } from './body-limit.js'
import { GRAPHQL_PATH, type GraphQLEndpoint } from './graphql-endpoint.js'
import { answerScrape, type Exposition } from './metrics-endpoint.js'
import { observeRequest } from './observe-request.js'
import { METRICS_PATH, pathOf } from './routes.js'
import { createStallWatch } from './stalled-sockets.js'
import type { createWebSocketEndpoint } from './websocket.js'

const DRAIN_LIMIT_MS = 10_000

export interface Handlers {
  endpoint: GraphQLEndpoint
  webSocket: ReturnType<typeof createWebSocketEndpoint>
  routes: Hono
  isAllowedOrigin: (origin: string | null | undefined) => boolean
  /** Host headers that are answered; undefined: all. In development, so that no foreign name leads to the signed-in GraphiQL. */
  hosts: ReadonlySet<string> | undefined
  publicUrl: string
}

/**
 * Listens; until the handlers are given every request is answered 503.
 * @param exposition what `/metrics` shows, to whatever name the scraper uses; undefined: there is no such path
 * @throws ListenError when the port is taken
 */
export async function listen(
  { host, port }: { host: string; port: number },
  report: Report,
  exposition?: Exposition | undefined,
) {
  let handlers: Handlers | undefined
  let closing: Promise<void> | undefined
  const active = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    active.add(response)
    response.once('close', () => active.delete(response))
    observeRequest(request, response, report, () => {
      handleAny(request, response).catch((error) => {
        if (request.destroyed && !request.complete) return // the client went away while it was sending
        report.requestFailed(currentRequest()?.requestId ?? '-', error)
        if (response.headersSent) response.destroy()
        else answer(response, 500, 'Something went wrong on our side.')
      })
    })
  })
  async function handleAny(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (exposition && pathOf(request) === METRICS_PATH) return answerScrape(exposition, request, response)
    if (!handlers) return answer(response, 503, 'Patchbay is starting.')
    return handle(handlers, request, response)
  }
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy()) // by now Node listens no more, and an unheard error ends the process
    const refused = !handlers || !isKnownHost(handlers, request) || pathOf(request) !== GRAPHQL_PATH
    if (refused) socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    else handlers?.webSocket.upgrade(request, socket, head)
  })
  const stalls = createStallWatch((reason) => report.readerStalled(reason))
  server.on('connection', (socket) => stalls.add(socket))
  await bind(server, { host, port, variable: 'PATCHBAY_PORT' })

  return {
    port: (server.address() as AddressInfo).port,
    serve(given: Handlers): void {
      handlers = given
    },
    /** Takes nothing new, finishes what is under way, ends streams in a way that clients retry. Again: the same. */
    close(): Promise<void> {
      closing ??= drain()
      return closing
    },
  }

  async function drain(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    await handlers?.webSocket.close()
    for (const response of active) {
      if (String(response.getHeader('content-type')).startsWith('text/event-stream')) response.destroy()
    }
    server.closeIdleConnections()
    const limit = setTimeout(() => server.closeAllConnections(), DRAIN_LIMIT_MS)
    await closed
    clearTimeout(limit)
    stalls.close()
  }
}

async function handle(handlers: Handlers, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isKnownHost(handlers, request)) return answer(response, 421, `This is ${handlers.publicUrl}.`)
  const path = pathOf(request)
  const { host } = request.headers
  const wantsPage = request.method === 'GET' && request.headers.accept?.includes('text/html')
  if (
    wantsPage &&
    (path === '/' || path === GRAPHQL_PATH) &&
    handlers.hosts &&
    `http://${host}` !== handlers.publicUrl
  ) {
    // Cookies and redirects belong to one name of this machine.
    return redirect(response, `${handlers.publicUrl}${request.url}`)
  }
  if (path === '/' && (request.method === 'GET' || request.method === 'HEAD')) return redirect(response, GRAPHQL_PATH)
  if (path !== GRAPHQL_PATH) return void (await getRequestListener(handlers.routes.fetch)(request, response))

  if (!handlers.isAllowedOrigin(request.headers.origin)) {
    return answer(
      response,
      403,
      'Pages of this origin may not call the API. An operator allows origins with PATCHBAY_CORS_ORIGINS.',
    )
  }
  if (request.method === 'POST' && !/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return answer(response, 415, 'Send the operation as application/json.')
  }
  if (!(await withinBodyLimit(request))) {
    response.setHeader('connection', 'close')
    return answer(response, 413, 'The request is larger than 1 MB.')
  }
  await handlers.endpoint(request, response)
}

function isKnownHost({ hosts }: Handlers, { headers }: IncomingMessage): boolean {
  return hosts === undefined || (headers.host !== undefined && hosts.has(headers.host))
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(307, { location, 'cache-control': 'no-store' }).end()
}

/** Errors before GraphQL are in GraphQL's form all the same, so that clients read one kind. */
function answer(response: ServerResponse, status: number, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify({ errors: [{ message }] }))
}
