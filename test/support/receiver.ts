import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import type { Behaviour } from './hostile-server.js'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** The header webhook-id. */
  eventId: string
  event: { type: string; timestamp: string; data: Record<string, Record<string, unknown>> }
}

/** A host's back end on loopback that responds as told and records what it was sent. */
export interface Receiver extends AsyncDisposable {
  url: string
  received: Received[]
  /** The number of connections to it. */
  readonly connections: number
  /** Sets how it responds, given the request. By default with 204. */
  behave(behaviour: (received: Received) => Behaviour): void
}

export const answersWith =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (_request, response) =>
    response.writeHead(status, headers).end()

export const resetsConnection: Behaviour = (request) => request.socket.resetAndDestroy()

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let behaviour: (received: Received) => Behaviour = () => answersWith(204)
  let connections = 0
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const { url = '', headers } = request
    const one = { path: url, headers, body, eventId: String(headers['webhook-id']), event: JSON.parse(body) }
    received.push(one)
    behaviour(one)(request, response)
  })
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/hook`,
    received,
    get connections() {
      return connections
    },
    behave(next) {
      behaviour = next
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** Verifies as a receiver would, with the library. @throws WebhookVerificationError */
export function verified(secret: string, { body, headers }: Received): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>)
}
