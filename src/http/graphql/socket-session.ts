import type { GraphQLError } from 'graphql'
import {
  CloseCode,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  type Message,
  MessageType,
  parseMessage,
  type SubscribeMessage,
} from 'graphql-ws'
import type { RawData, WebSocket } from 'ws'
import type { Caller } from '../../domain/identity/caller.js'
import { MAX_TIMER_MS } from '../../domain/pause.js'
import { RateLimitedError } from '../../domain/rate-limit/rate-limited-error.js'
import { RequestScope } from '../../observability/request-scope.js'
import { AuthenticationError } from '../authentication/authentication-error.js'
import { delayRefusal } from '../refusals.js'
import { GRAPHQL_PATH } from '../server/routes.js'
import type { EndpointOptions } from './graphql-endpoint.js'
import { type OpenCounts, tooMuchOpen } from './open-counts.js'
import { type OperationSocket, SocketOperation } from './socket-operation.js'
import type { CarryOut } from './socket-operations.js'

/** How long a client may take to close its side before it is cut off. */
export const CLOSE_WAIT_MS = 3_000
/** From IANA's registry of close codes. Clients retry after it. */
const TRY_AGAIN_LATER = 1013
/** A close frame has room for no more (RFC 6455 §5.5). */
const MAX_REASON_BYTES = 123

/** What all sessions share. */
export interface SessionOptions extends Pick<EndpointOptions, 'authenticate' | 'telemetry'> {
  carryOut: CarryOut
  /** Whether each operation may carry its own token, as in GraphiQL. */
  tokenPerOperation: boolean
  /** How long a socket may take to send `connection_init`. */
  initWaitMs: number
  /** How many subscriptions one socket may have. */
  maxSubscriptions: number
  openSockets: OpenCounts
}

/**
 * A client's socket, as the server's side of the protocol `graphql-transport-ws`. The messages, their checks and the
 * close codes are those of graphql-ws.
 *
 * Thousands of sockets wait at the same time, so each keeps as little as possible: no text of its messages, no token, no
 * functions of its own, and no timer except for the end of its token.
 */
export class SocketSession implements OperationSocket {
  readonly #options: SessionOptions
  readonly #socket: WebSocket
  readonly #address: string
  readonly #operations = new Map<string, SocketOperation>()
  #initialized = false
  #acknowledged = false
  /** Undefined if each operation has its own token. Its socket counts as one of this caller's. */
  #caller: Caller | undefined
  /** The API key that the whole socket's caller authenticated with. */
  #key: string | undefined
  /** For what comes next: the end of the wait for `connection_init`, the end of the token, or cutting it off. */
  /** How many of the operations are subscriptions. */
  #subscriptions = 0
  #timer: NodeJS.Timeout | undefined
  /** Called once, when the caller's token is accepted. */
  #onAccepted: (() => void) | undefined

  /** @param address the one that the client comes from */
  constructor(options: SessionOptions, socket: WebSocket, address: string, onAccepted: () => void) {
    this.#options = options
    this.#socket = socket
    this.#address = address
    this.#onAccepted = onAccepted
    if (socket.protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      this.#timer = setTimeout(refuseLate, options.initWaitMs, socket)
    } else socket.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable')
  }

  /** Whether a client waits for the result of an operation. */
  get isBusy(): boolean {
    for (const operation of this.#operations.values()) if (operation.isBusy) return true
    return false
  }

  receive(data: RawData): void {
    try {
      this.#handle(parsed(String(data)))
    } catch (error) {
      this.fail(error)
    }
  }

  /** The socket is closed. */
  closed(): void {
    clearTimeout(this.#timer)
    if (this.#caller) this.#options.openSockets.remove(this.#caller)
    for (const operation of this.#operations.values()) operation.leave().catch((error) => this.fail(error))
  }

  send(message: object): Promise<void> {
    const socket = this.#socket
    if (socket.readyState !== socket.OPEN) return Promise.resolve()
    // If it can't be sent, the socket is about to close, which ends all operations.
    return new Promise((resolve) => socket.send(JSON.stringify(message), () => resolve()))
  }

  refuseFurther(): void {
    if (this.#caller) this.#forbid('Token no longer accepted')
  }

  ended(operation: SocketOperation): void {
    if (operation.isSubscription) this.#subscriptions--
    operation.isSubscription = false
    // The client may have used the id again by now.
    if (this.#operations.get(operation.id) === operation) this.#operations.delete(operation.id)
  }

  fail(error: unknown): void {
    this.#options.telemetry.requestFailed('-', error)
    this.#socket.close(CloseCode.InternalServerError, 'Internal server error')
  }

  #handle(message: Message | undefined): void {
    switch (message?.type) {
      case MessageType.ConnectionInit:
        this.#initialize(message.payload).catch((error) => this.fail(error))
        break
      case MessageType.Ping:
        void this.send({ type: MessageType.Pong, payload: message.payload })
        break
      case MessageType.Pong:
        break
      case MessageType.Subscribe:
        this.#subscribe(message)
        break
      case MessageType.Complete:
        this.#operations
          .get(message.id)
          ?.leave()
          .catch((error) => this.fail(error))
        break
      default:
        this.#socket.close(CloseCode.BadRequest, 'Invalid message received')
    }
  }

  async #initialize(payload: Record<string, unknown> | undefined): Promise<void> {
    const socket = this.#socket
    if (this.#initialized) {
      socket.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests')
      return
    }
    this.#initialized = true
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (await this.#admits(tokenIn(payload))) {
      this.#acknowledged = true
      this.#onAccepted?.()
      this.#onAccepted = undefined
      await this.send({ type: MessageType.ConnectionAck })
    } else socket.close(CloseCode.Forbidden, 'Forbidden')
  }

  async #admits(token: string | undefined): Promise<boolean> {
    const { authenticate, telemetry, tokenPerOperation, openSockets } = this.#options
    if (token === undefined && tokenPerOperation) return true
    try {
      const caller = await authenticate(token, () => this.#address)
      if (this.#socket.readyState !== this.#socket.OPEN) return false
      if (openSockets.add(caller)) {
        this.#isOf(caller, token)
        return true
      }
      telemetry.limitExceeded('sockets')
      await delayRefusal()
      this.#socket.close(TRY_AGAIN_LATER, 'Too many WebSockets')
      return false
    } catch (error) {
      if (error instanceof AuthenticationError) {
        telemetry.errorsSent(['UNAUTHENTICATED'])
        this.#socket.close(CloseCode.Forbidden, `Forbidden: ${error.reason}`)
        return false
      }
      if (error instanceof RateLimitedError) {
        telemetry.errorsSent(['TOO_MANY_REQUESTS'])
        // Clients retry after most codes, but not after this one.
        this.#socket.close(CloseCode.TooManyInitialisationRequests, 'Too many invalid tokens')
        return false
      }
      telemetry.requestFailed('-', error)
      this.#socket.close(TRY_AGAIN_LATER, 'Try again later')
      return false
    }
  }

  #isOf(caller: Caller, token: string | undefined): void {
    if (caller.kind === 'api-key') {
      this.#key = token
      this.#caller = caller
      return
    }
    const { expiresAt } = caller.viewer
    // When a socket's token expires, the socket is closed. An error before that would tell clients not to come back.
    this.#caller = { ...caller, viewer: { ...caller.viewer, expiresAt: null } }
    if (!expiresAt) return
    const inMs = Math.min(Math.max(0, expiresAt.getTime() - Date.now()), MAX_TIMER_MS)
    this.#timer = setTimeout(() => this.#forbid('Token expired'), inMs).unref()
  }

  /** Closes with the code that makes clients retry with a new token. A client that doesn't respond is cut off. */
  #forbid(reason: string): void {
    const socket = this.#socket
    if (socket.readyState !== socket.OPEN) return
    socket.close(CloseCode.Forbidden, reason)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => socket.terminate(), CLOSE_WAIT_MS).unref()
  }

  #subscribe(message: SubscribeMessage): void {
    const socket = this.#socket
    if (!this.#acknowledged) socket.close(CloseCode.Unauthorized, 'Unauthorized')
    else if (this.#operations.has(message.id)) socket.close(CloseCode.SubscriberAlreadyExists, reasonFor(message.id))
    else if (socket.readyState === socket.OPEN) this.#start(message)
  }

  #start({ id, payload }: SubscribeMessage): void {
    const request = operationScope()
    const operation = new SocketOperation(id, this, request)
    this.#operations.set(id, operation)
    const source = {
      callerOf: () => this.#callerOf(payload.extensions),
      refusalOf: () => this.#refusalOf(operation),
    }
    const outcome = this.#options.carryOut(source, payload, request)
    operation.answer(outcome).catch((error) => {
      this.ended(operation)
      this.fail(error)
    })
  }

  /** Returns the error that refuses another subscription. If there is none, the operation counts as one from now on. */
  #refusalOf(operation: SocketOperation): GraphQLError | undefined {
    const { maxSubscriptions } = this.#options
    if (this.#subscriptions >= maxSubscriptions) {
      const many = `This WebSocket already has ${maxSubscriptions} subscriptions. Complete one of them first.`
      return tooMuchOpen('subscriptions', many)
    }
    operation.isSubscription = true
    this.#subscriptions++
    return undefined
  }

  async #callerOf(extensions: unknown): Promise<Caller> {
    const authenticate = (token: string | undefined) => this.#options.authenticate(token, () => this.#address)
    if (!this.#caller) return authenticate(tokenIn(headersOf(extensions)))
    // Check a key on each use, because nothing else would notice that it was revoked.
    return this.#caller.kind === 'api-key' ? authenticate(this.#key) : this.#caller
  }
}

/** `connection_init` came too late. */
function refuseLate(socket: WebSocket): void {
  socket.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout')
}

/** Returns undefined for what isn't a message of the protocol. */
function parsed(text: string): Message | undefined {
  try {
    return parseMessage(text)
  } catch {
    return undefined
  }
}

function reasonFor(id: string): string {
  const reason = `Subscriber for ${id} already exists`
  return Buffer.byteLength(reason) > MAX_REASON_BYTES ? 'Subscriber already exists' : reason
}

/** An operation counts as a request. It has no header with an id. */
function operationScope(): RequestScope {
  return new RequestScope(undefined, 'websocket', {
    name: 'websocket operation',
    attributes: { 'http.route': GRAPHQL_PATH },
  })
}

function headersOf(extensions: unknown): Record<string, unknown> | undefined {
  const headers = (extensions as { headers?: unknown } | undefined)?.headers
  return typeof headers === 'object' && headers !== null ? (headers as Record<string, unknown>) : undefined
}

function tokenIn(values: Record<string, unknown> | undefined): string | undefined {
  for (const name in values) {
    const value = values[name]
    if (name.toLowerCase() === 'authorization') return typeof value === 'string' ? value : undefined
  }
  return undefined
}
