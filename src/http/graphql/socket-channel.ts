import { CloseCode } from 'graphql-ws'
import type { RawData, WebSocket } from 'ws'
import type { ServerTelemetry } from '../../observability/telemetry.js'

/**
 * A socket as graphql-ws sees it. Messages are parsed here, because graphql-ws would keep the text of each `subscribe`
 * for as long as the subscription lasts.
 */
export class SocketChannel {
  constructor(
    private readonly socket: WebSocket,
    private readonly telemetry: Pick<ServerTelemetry, 'requestFailed'>,
  ) {}

  get protocol(): string {
    return this.socket.protocol
  }

  send(text: string): Promise<void> {
    const { socket } = this
    return new Promise((resolve, reject) => {
      if (socket.readyState !== socket.OPEN) return resolve()
      socket.send(text, (error) => (error ? reject(error) : resolve()))
    })
  }

  close(code?: number, reason?: string): void {
    this.socket.close(code, reason)
  }

  onMessage(handle: (message: string) => Promise<void>): void {
    this.socket.on('message', (data) => {
      receive(data, handle).catch((error) => {
        this.telemetry.requestFailed('-', error)
        this.socket.close(CloseCode.InternalServerError, 'Internal server error')
      })
    })
  }
}

function receive(data: RawData, handle: (message: string) => Promise<void>): Promise<void> {
  return handle(parsed(String(data)) as string)
}

/** Returns anything but a JSON object as its text, for graphql-ws to refuse. */
function parsed(text: string): unknown {
  try {
    const message: unknown = JSON.parse(text)
    return typeof message === 'object' ? message : text
  } catch {
    return text
  }
}
