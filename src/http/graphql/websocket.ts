import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ExecutionArgs, GraphQLError, type GraphQLFormattedError } from 'graphql'
import { CloseCode, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Caller } from '../../domain/identity/caller.js'
import { MAX_TIMER_MS } from '../../domain/pause.js'
import { RequestScope } from '../../observability/request-scope.js'
import { AuthenticationError } from '../authentication/authentication-error.js'
import { GRAPHQL_PATH } from '../server/routes.js'
import { type EndpointOptions, masked } from './graphql-endpoint.js'
import { createKeepAlive } from './keep-alive.js'
import { answered } from './observe-operations.js'
import { SocketChannel } from './socket-channel.js'
import { createSocketOperations, type SocketOperationsOptions } from './socket-operations.js'

const MAX_FRAME_BYTES = 65_536
const INIT_WAIT_MS = 3_000
const CLOSE_WAIT_MS = 3_000
const BUSY_RETRY_MS = 50
/** The server goes away, from RFC 6455 §7.4.1. */
const GOING_AWAY = 1001
/** Service Restart and Try Again Later, from IANA's registry of close codes. Clients retry after them. */
const SERVICE_RESTART = 1012
const TRY_AGAIN_LATER = 1013

interface WebSocketOptions extends SocketOperationsOptions, Pick<EndpointOptions, 'authenticate' | 'isAllowedOrigin'> {
  /** Whether each operation may carry its own token, as in GraphiQL. */
  tokenPerOperation: boolean
  /** How long a socket may take to send `connection_init`. */
  initWaitMs?: number | undefined
}

interface Extra extends Record<PropertyKey, unknown> {
  socket: WebSocket
  caller?: Caller
  /** The API key that the whole socket's caller authenticated with. */
  key?: string | undefined
}

/**
 * Serves GraphQL over WebSocket (`graphql-transport-ws`), with the endpoint's own parsing, limits and masking.
 *
 * Thousands of sockets wait at the same time, so each keeps as little as possible: no text of its messages, no token, no
 * timer of its own except for the end of its token.
 */
export function createWebSocketEndpoint(options: WebSocketOptions) {
  const { authenticate, telemetry, isAllowedOrigin, tokenPerOperation, initWaitMs = INIT_WAIT_MS } = options
  const operations = createSocketOperations(options)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, handleProtocols })
  const keepAlive = createKeepAlive()
  /** What runs on each socket: a subscription, or null for an operation with one result. */
  const running = new WeakMap<WebSocket, Readonly<Record<string, unknown>>>()
  const isBusy = (socket: WebSocket) => Object.values(running.get(socket) ?? {}).includes(null)
  const server = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: initWaitMs,
    execute: operations.carriedOut,
    subscribe: operations.carriedOut,
    async onConnect(context) {
      const { extra, connectionParams, subscriptions } = context
      running.set(extra.socket, subscriptions)
      Object.assign(context, { connectionParams: undefined }) // or the token would be kept with the socket
      const token = tokenIn(connectionParams)
      if (token === undefined && tokenPerOperation) return true
      try {
        extra.caller = await authenticate(token)
        if (extra.caller.kind === 'api-key') extra.key = token
      } catch (error) {
        if (error instanceof AuthenticationError) {
          telemetry.errorsSent(['UNAUTHENTICATED'])
          return false
        }
        telemetry.requestFailed('-', error)
        extra.socket.close(TRY_AGAIN_LATER, 'Try again later')
        return false
      }
      closeAtEnd(extra.socket, extra.caller)
      return true
    },
    async onSubscribe({ extra }, _id, params) {
      if (extra.socket.readyState !== extra.socket.OPEN) return [new GraphQLError('The socket is closing.')]
      const request = operationScope()
      const prepared = await request.run(() => prepare(extra, params, request))
      if ('schema' in prepared) return prepared
      request.end({ failed: answered(telemetry, request, { errors: prepared }).failed })
      return prepared
    },
    onNext({ extra }, _id, _params, _args, { errors = [] }) {
      if (endsToken(errors)) refuseFurther(extra)
    },
    onError({ extra }, _id, _params, errors) {
      if (endsToken(errors)) refuseFurther(extra)
      return errors.map(withoutStatus)
    },
  })

  /** Returns what to execute, or the errors that say why not. */
  async function prepare(
    extra: Extra,
    params: SubscribePayload,
    request: RequestScope,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    try {
      const caller = await callerOf(extra, params)
      return await operations.prepare(caller, params, request)
    } catch (error) {
      if (error instanceof GraphQLError) return [error]
      if (error instanceof AuthenticationError)
        return [new GraphQLError(error.message, { extensions: { code: 'UNAUTHENTICATED' } })]
      return [masked(error, telemetry)]
    }
  }

  async function callerOf({ caller, key }: Extra, params: SubscribePayload): Promise<Caller> {
    if (!caller) return authenticate(tokenIn(headersOf(params.extensions)))
    // Check a key on each use, because nothing else would notice that it was revoked.
    if (caller.kind === 'api-key') return authenticate(key)
    // When a socket's token expires, the socket is closed. An error before that would tell clients not to come back.
    return { ...caller, viewer: { ...caller.viewer, expiresAt: null } }
  }

  function open(socket: WebSocket): void {
    socket.on('error', () => socket.terminate()) // a client can break the protocol
    keepAlive.add(socket)
    const closed = server.opened(new SocketChannel(socket, telemetry), { socket })
    socket.once('close', (code, reason) => void closed(code, String(reason)))
  }

  return {
    /** Takes over an HTTP upgrade, or rejects it. */
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      if (!isAllowedOrigin(request.headers.origin)) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
        return
      }
      sockets.handleUpgrade(request, socket, head, open)
    },
    /**
     * Tells clients to come back, each at its own moment within this time, and not before it has its mutation's result.
     */
    async drain(spreadMs: number): Promise<void> {
      await Promise.all([...sockets.clients].map((socket) => leave(socket, Math.random() * spreadMs)))
    },
    /** Closes the remaining sockets. Clients that don't respond are cut off. */
    async close(): Promise<void> {
      const limit = setTimeout(cutOff, CLOSE_WAIT_MS)
      for (const client of sockets.clients) client.close(GOING_AWAY, 'Going away')
      await new Promise((resolve) => sockets.close(resolve))
      keepAlive.stop()
      clearTimeout(limit)
    },
    cutOff,
  }

  function cutOff(): void {
    for (const client of sockets.clients) client.terminate()
  }

  function leave(socket: WebSocket, inMs: number): Promise<void> {
    return new Promise((resolve) => {
      socket.once('close', () => resolve())
      const attempt = () => {
        if (isBusy(socket)) return void setTimeout(attempt, BUSY_RETRY_MS)
        socket.close(SERVICE_RESTART, 'Service restart')
        resolve()
      }
      setTimeout(attempt, inMs)
    })
  }
}

/** An operation counts as a request. It has no header with an id. */
function operationScope(): RequestScope {
  return new RequestScope(undefined, 'websocket', {
    name: 'websocket operation',
    attributes: { 'http.route': GRAPHQL_PATH },
  })
}

/** Returns an error as clients get it, without what is meant for HTTP responses. */
function withoutStatus(error: GraphQLError): GraphQLFormattedError {
  const { extensions: { http, ...extensions } = {}, ...rest } = error.toJSON()
  return { ...rest, extensions }
}

function endsToken(errors: readonly GraphQLError[]): boolean {
  return errors.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED')
}

/** The socket's token is no longer accepted, so nothing else is sent on it, not even this error. */
function refuseFurther({ socket, caller }: Extra): void {
  if (!caller || socket.readyState !== socket.OPEN) return // its operations have their own tokens, or it is closing
  socket.close(CloseCode.Forbidden, 'Token no longer accepted')
  const cutOff = setTimeout(() => socket.terminate(), CLOSE_WAIT_MS).unref()
  socket.once('close', () => clearTimeout(cutOff))
}

/** Closes with the code that makes clients retry with a new token. A client that doesn't respond is cut off. */
function closeAtEnd(socket: WebSocket, caller: Caller): void {
  const expiresAt = caller.kind === 'user' ? caller.viewer.expiresAt : null
  if (!expiresAt) return
  const inMs = Math.min(Math.max(0, expiresAt.getTime() - Date.now()), MAX_TIMER_MS)
  let timer = setTimeout(() => {
    socket.close(CloseCode.Forbidden, 'Token expired')
    timer = setTimeout(() => socket.terminate(), CLOSE_WAIT_MS).unref()
  }, inMs).unref()
  socket.once('close', () => clearTimeout(timer))
}

function headersOf(extensions: unknown): Record<string, unknown> | undefined {
  const headers = (extensions as { headers?: unknown } | undefined)?.headers
  return typeof headers === 'object' && headers !== null ? (headers as Record<string, unknown>) : undefined
}

function tokenIn(values: Record<string, unknown> | undefined): string | undefined {
  const entry = Object.entries(values ?? {}).find(([name]) => name.toLowerCase() === 'authorization')
  return typeof entry?.[1] === 'string' ? entry[1] : undefined
}
