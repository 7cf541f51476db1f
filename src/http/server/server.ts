import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { GraphQLError } from 'graphql'
import type { Hono } from 'hono'
import type { ConnectionsConfig, DrainConfig } from '../../config/environment.js'
import { pause } from '../../domain/pause.js'
import { currentRequest } from '../../observability/request-scope.js'
import type { ServerTelemetry } from '../../observability/telemetry.js'
import type { AnswerUnknownPerson } from '../development/unknown-person.js'
import { EVENT_STREAM } from '../graphql/accepted-type.js'
import type { AnswerPost } from '../graphql/direct-operations.js'
import type { GraphQLEndpoint } from '../graphql/graphql-endpoint.js'
import { fault } from '../graphql/masked.js'
import type { createWebSocketEndpoint } from '../graphql/websocket.js'
import type { AnswerVisit } from '../oauth/direct-visits.js'
import type { Reply } from '../oauth/page.js'
import { otherNamePage } from '../other-name-page.js'
import type { RenderFor } from '../render-for.js'
import type { Gate } from '../staging/gate.js'
import { addressesIn } from './addresses.js'
import { bind } from './bind.js'
import type { Readiness } from './health.js'
import { answerScrape, type Exposition } from './metrics-endpoint.js'
import { observeRequest } from './observe-request.js'
import { misdirected, NO_SOCKETS_HERE, refusal, refusalOf, STARTING, STOPPING, TOO_LARGE } from './refusal.js'
import { refuseUpgrade } from './refuse-upgrade.js'
import { readBody } from './request-body.js'
import { GRAPHQL_PATH, METRICS_PATH, pathOf, routeOf } from './routes.js'
import { createStallWatch } from './stalled-sockets.js'
import { Strangers } from './strangers.js'

const START_WAIT_MS = 5_000
/** Node closes what takes longer, and looks once a second. */
const SLOW_REQUESTS = { headersTimeout: 15_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 }
const LATE_STREAMS_EVERY_MS = 50
/** Longer than proxies keep idle connections (60 s in nginx and AWS), so that none sends a request to one that we close. */
const KEEP_ALIVE_MS = 75_000

export interface Handlers {
  endpoint: GraphQLEndpoint
  answerPost: AnswerPost
  answerVisit: AnswerVisit
  webSocket: ReturnType<typeof createWebSocketEndpoint>
  routes: Hono
  isAllowedOrigin: (origin: string | null | undefined) => boolean
  /**
   * The Host headers that are accepted. Undefined means all. Set in development, so that no other name leads to the
   * signed-in GraphiQL.
   */
  hosts: ReadonlySet<string> | undefined
  /** Stands in front of everything but health and metrics. Undefined if there is no password. */
  gate: Gate | undefined
  /** Answers visits as demo people who don't exist. Undefined if there are no demo people. */
  answerUnknownPerson: AnswerUnknownPerson | undefined
  publicUrl: string
  renderFor: RenderFor
  readiness: () => Promise<Readiness>
}

interface ListenOptions {
  host: string
  port: number
  drain: DrainConfig
  /** Which version of Patchbay this is, for /readyz. */
  version: string
  connections: Pick<ConnectionsConfig, 'maxPerAddress' | 'trustedProxies'>
  /** How long a request waits for an instance that is starting. */
  startWaitMs?: number
  /** How long headers and whole requests may take to arrive. */
  slowRequests?: typeof SLOW_REQUESTS
}

/**
 * Starts listening. Until the handlers are set, all requests except those for health and metrics wait for them briefly,
 * because a proxy that doesn't check health sends them as soon as it can connect.
 * @param exposition what `/metrics` returns, under any host name; undefined if there is no such path
 * @throws ListenError if the port is in use
 */
export async function listen(
  {
    host,
    port,
    drain: { spreadMs, deadlineMs },
    version,
    connections,
    startWaitMs = START_WAIT_MS,
    slowRequests = SLOW_REQUESTS,
  }: ListenOptions,
  telemetry: ServerTelemetry,
  exposition?: Exposition | undefined,
) {
  let handlers: Handlers | undefined
  let onServing = () => {}
  const serving = new Promise<void>((resolve) => {
    onServing = resolve
  })
  const soon = async () => {
    if (!handlers) await Promise.race([serving, pause(startWaitMs)])
    return handlers
  }
  let closing: Promise<void> | undefined
  let leaving = false
  /** The requests that are being answered, with their responses. */
  const active = new Map<ServerResponse, IncomingMessage>()
  const server = createServer(slowRequests, (request, response) => {
    active.set(response, request)
    response.once('close', () => {
      active.delete(response)
      if (leaving) setImmediate(() => server.closeIdleConnections())
    })
    observeRequest(request, response, telemetry, () => {
      handleAny(request, response).catch((error) => {
        if (request.destroyed && !request.complete) return // the client left while it was sending
        if (response.headersSent) {
          telemetry.requestFailed(currentRequest()?.requestId ?? '-', error)
          response.destroy()
        } else refuse(response, fault(error, false, { telemetry }))
      })
    })
  })
  async function handleAny(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request)
    if (path === '/livez') return answerJson(response, 200, { status: 'live' })
    if (path === '/readyz') {
      const found = await readiness()
      return answerJson(response, found.ready ? 200 : 503, { ...found, version })
    }
    if (exposition && path === METRICS_PATH) return answerScrape(exposition, request, response)
    const present = await soon()
    if (!present) return refuse(response, STARTING)
    if (!server.listening) response.setHeader('connection', 'close')
    if (closing && wantsStream(request)) return refuse(response, STOPPING)
    return handle(present, request, response, () => strangers.forget(request.socket))
  }
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.on('upgrade', async (request, socket, head) => {
    socket.on('error', destroyed) // Node no longer listens by now, and an unhandled error would end the process
    const present = await soon()
    if (!present) refuseUpgrade(socket, refusal(STARTING))
    else if (closing) refuseUpgrade(socket, refusal(STOPPING))
    else if (!isKnownHost(present, request)) refuseUpgrade(socket, refusal(misdirected(present.publicUrl)))
    else if (pathOf(request) !== GRAPHQL_PATH) refuseUpgrade(socket, refusal(NO_SOCKETS_HERE))
    else present.webSocket.upgrade(request, socket, head, () => strangers.forget(request.socket))
  })
  const stalls = createStallWatch((reason) => telemetry.readerStalled(reason))
  const proxies = addressesIn(connections.trustedProxies)
  const strangers = new Strangers(connections.maxPerAddress, proxies, () => telemetry.connectionDropped())
  /** One function for all sockets, because each keeps its listeners for as long as it is open. */
  function closed(this: Socket): void {
    stalls.forget(this)
    strangers.forget(this)
  }
  server.on('connection', (socket) => {
    stalls.add(socket)
    strangers.add(socket)
    socket.on('close', closed)
  })
  await bind(server, { host, port, variable: 'PATCHBAY_PORT' })

  return {
    port: (server.address() as AddressInfo).port,
    serve(given: Handlers): void {
      handlers = given
      onServing()
    },
    /**
     * Drains: is no longer ready and accepts no new streams. Ends the open ones one by one, in a way that makes clients
     * retry, while ordinary requests are still answered. Then stops listening, lets each open connection send one more
     * request, and finishes what is in progress. Calling it again does the same.
     */
    close(): Promise<void> {
      closing ??= drain()
      return closing
    },
  }

  async function readiness(): Promise<Readiness> {
    if (closing) return { ready: false, status: 'stopping' }
    return handlers ? handlers.readiness() : { ready: false, status: 'starting' }
  }

  async function drain(): Promise<void> {
    const limit = setTimeout(() => {
      handlers?.webSocket.cutOff()
      server.closeAllConnections()
    }, deadlineMs)
    // If it never served, it has no clients to send elsewhere, so a failed start ends right away.
    const spread = handlers ? spreadMs : 0
    await Promise.all([handlers?.webSocket.drain(spread), endStreams(active, spread), pause(spread)])
    const closed = stopListening(server)
    // Requests that have only now become streams.
    const late = setInterval(() => endStreams(active, 0), LATE_STREAMS_EVERY_MS)
    const ended = new AbortController()
    closed.then(() => ended.abort())
    await Promise.all([handlers?.webSocket.close(), pause(spread, { signal: ended.signal })])
    leaving = true
    server.close() // closes the connections that are idle
    await closed
    clearInterval(late)
    clearTimeout(limit)
    stalls.close()
  }
}

/**
 * Accepts no more connections. Unlike an HTTP server's own `close()`, it keeps those that are idle, because a request
 * may be on its way over each of them. Resolves when all connections are closed.
 */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => Server.prototype.close.call(server, () => resolve()))
}

/** One function for all sockets, because each keeps its listeners for as long as it is open. */
function destroyed(this: Duplex): void {
  this.destroy()
}

/** Ends server-sent events, each at its own moment, so that their clients don't all come back at the same time. */
async function endStreams(active: ReadonlyMap<ServerResponse, IncomingMessage>, spreadMs: number): Promise<void> {
  const streams = [...active].filter(([response, request]) => response.headersSent && wantsStream(request))
  await Promise.all(streams.map(([response]) => pause(Math.random() * spreadMs).then(() => response.destroy())))
}

/** @param accepted to be called once the caller's token was accepted */
async function handle(
  handlers: Handlers,
  request: IncomingMessage,
  response: ServerResponse,
  accepted: () => void,
): Promise<void> {
  const path = pathOf(request)
  const wantsPage = request.method === 'GET' && request.headers.accept?.includes('text/html')
  if (!isKnownHost(handlers, request)) {
    if (wantsPage) return reply(response, otherNamePage(handlers.publicUrl, handlers.renderFor(request.headers)))
    return refuse(response, misdirected(handlers.publicUrl))
  }
  if (wantsPage && routeOf(path).page && handlers.hosts && !isAtPublicUrl(handlers, request)) {
    // Cookies and redirects belong to one name of this machine.
    return redirect(response, `${handlers.publicUrl}${request.url}`)
  }
  if (await handlers.gate?.(request, response)) return
  const noPerson = wantsPage && handlers.answerUnknownPerson?.(request)
  if (noPerson) return reply(response, noPerson)
  if (path !== GRAPHQL_PATH) {
    if (await handlers.answerVisit(path, request, response)) return
    return void (await getRequestListener(handlers.routes.fetch)(request, response))
  }

  const refused = refusalOf(request, handlers.isAllowedOrigin)
  if (refused) return refuse(response, refused)
  if (request.method !== 'POST') return void (await handlers.endpoint(request, response, { accepted }))
  await handlers.answerPost(request, response, async () => {
    accepted()
    const body = await readBody(request)
    if (body) return body
    response.setHeader('connection', 'close')
    refuse(response, TOO_LARGE)
    return undefined
  })
}

function isKnownHost({ hosts }: Handlers, { headers }: IncomingMessage): boolean {
  return hosts === undefined || (headers.host !== undefined && hosts.has(headers.host))
}

/**
 * Returns whether the browser may be at the public URL. The scheme isn't known here, because a proxy may have ended TLS.
 * Nor is the host behind a proxy that doesn't pass it on, and redirecting what is there already would never end.
 */
function isAtPublicUrl({ publicUrl }: Handlers, { headers }: IncomingMessage): boolean {
  const proxied = headers['x-forwarded-for'] ?? headers['x-forwarded-proto'] ?? headers.forwarded
  return proxied !== undefined || headers.host === new URL(publicUrl).host
}

function wantsStream(request: IncomingMessage): boolean {
  return pathOf(request) === GRAPHQL_PATH && request.headers.accept?.includes(EVENT_STREAM) === true
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(307, { location, 'cache-control': 'no-store' }).end()
}

function reply(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, headers).end(body)
}

function refuse(response: ServerResponse, error: GraphQLError): void {
  const { status, headers, body } = refusal(error)
  response.writeHead(status, headers).end(body)
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  response.writeHead(status, headers).end(JSON.stringify(body))
}
