import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { handleProtocols } from 'graphql-ws'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import { ORIGIN_NOT_ALLOWED, refusal } from '../server/refusal.js'
import { refuseUpgrade } from '../server/refuse-upgrade.js'
import type { EndpointOptions } from './graphql-endpoint.js'
import { createKeepAlive } from './keep-alive.js'
import { OpenCounts } from './open-counts.js'
import { createCarryOut, type SocketOperationsOptions } from './socket-operations.js'
import { CLOSE_WAIT_MS, type SessionOptions, SocketSession } from './socket-session.js'

const MAX_FRAME_BYTES = 65_536
const INIT_WAIT_MS = 3_000
const BUSY_RETRY_MS = 50
/** The server goes away, from RFC 6455 §7.4.1. */
const GOING_AWAY = 1001
/** From IANA's registry of close codes. Clients retry after it. */
const SERVICE_RESTART = 1012

interface WebSocketOptions
  extends SocketOperationsOptions,
    Pick<EndpointOptions, 'isAllowedOrigin' | 'addressOf' | 'connections'>,
    Pick<SessionOptions, 'authenticate'> {
  /** Whether a socket is of a page such as GraphiQL, each of whose operations carries its own token. */
  isExplorer: (request: IncomingMessage) => boolean
  initWaitMs?: number | undefined
}

/** Serves GraphQL over WebSocket (`graphql-transport-ws`), with the endpoint's own parsing, limits and masking. */
export function createWebSocketEndpoint(options: WebSocketOptions) {
  const { isAllowedOrigin, addressOf, authenticate, telemetry, isExplorer, connections } = options
  const shared: SessionOptions = {
    authenticate,
    telemetry,
    tokenPerOperation: false,
    initWaitMs: options.initWaitMs ?? INIT_WAIT_MS,
    carryOut: createCarryOut(options),
    maxSubscriptions: connections.subscriptionsPerWebSocket,
    openSockets: new OpenCounts({ user: connections.webSocketsPerUser, 'api-key': connections.webSocketsPerApiKey }),
  }
  const exploring: SessionOptions = { ...shared, tokenPerOperation: true }
  const sockets = new WebSocketServer<typeof ClientSocket>({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    allowSynchronousEvents: false, // others are answered between two messages of a client
    handleProtocols,
    WebSocket: ClientSocket,
  })
  const keepAlive = createKeepAlive()

  function open(socket: ClientSocket, request: IncomingMessage, onAccepted: () => void): void {
    socket.on('error', socket.terminate) // a client can break the protocol
    keepAlive.add(socket)
    const session = isExplorer(request) ? exploring : shared
    socket.session = new SocketSession(session, socket, addressOf(request), onAccepted)
    socket.on('message', received)
    socket.on('close', closed)
  }

  return {
    /**
     * Takes over an HTTP upgrade, or rejects it.
     * @param onAccepted called once the caller's token is accepted
     */
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, onAccepted: () => void): void {
      if (!isAllowedOrigin(request.headers.origin)) {
        refuseUpgrade(socket, refusal(ORIGIN_NOT_ALLOWED))
        return
      }
      sockets.handleUpgrade(request, socket, head, (client) => open(client, request, onAccepted))
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
}

/** Knows its session, so that all sockets share their listeners. */
class ClientSocket extends WebSocket {
  session: SocketSession | undefined
}

function received(this: WebSocket, data: RawData): void {
  ;(this as ClientSocket).session?.receive(data)
}

function closed(this: WebSocket): void {
  ;(this as ClientSocket).session?.closed()
}

function leave(socket: ClientSocket, inMs: number): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
    const attempt = () => {
      if (socket.session?.isBusy) return void setTimeout(attempt, BUSY_RETRY_MS)
      socket.close(SERVICE_RESTART, 'Service restart')
      resolve()
    }
    setTimeout(attempt, inMs)
  })
}
