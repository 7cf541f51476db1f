import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

interface ReceivedRequest {
  method: string
  path: string
  query: URLSearchParams
  authorization: string | undefined
  headers: IncomingHttpHeaders
  body: URLSearchParams
  /** The body as it was sent. */
  text: string
}

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void

/** An app on loopback that misbehaves as told, per path, and records what it was sent. */
export interface HostileServer extends AsyncDisposable {
  url: string
  requests: ReceivedRequest[]
  /** Sets the response for a path. Other paths return 404. */
  on(path: string, behaviour: Behaviour): void
}

/** @param tls its certificate, if it speaks https */
export async function startHostileServer(tls?: { key: string; cert: string }): Promise<HostileServer> {
  const behaviours = new Map<string, Behaviour>()
  const requests: ReceivedRequest[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://hostile')
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', headers } = request
    const { authorization } = headers
    requests.push({
      method,
      path: pathname,
      query,
      authorization,
      headers,
      body: new URLSearchParams(body),
      text: body,
    })
    const behaviour = behaviours.get(pathname)
    if (behaviour) behaviour(request, response)
    else response.writeHead(404).end()
  }
  const server = tls ? createTlsServer(tls, answer) : createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `${tls ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    on: (path, behaviour) => void behaviours.set(path, behaviour),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

export function answers(body: unknown, { status = 200, type = 'application/json' } = {}): Behaviour {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return (_request, response) => response.writeHead(status, { 'content-type': type }).end(text)
}

export const staysSilent: Behaviour = () => {}

/** Sends the beginning of a good response, one byte every fifth of a second. */
export const drips: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{"access_token":"')
  const timer = setInterval(() => response.write('a'), 200)
  response.once('close', () => clearInterval(timer))
}

/**
 * Sends megabytes as fast as the client reads them.
 * @param sent called with the number of bytes after each chunk that was handed to the socket
 */
export function floods(megabytes: number, sent: (bytes: number) => void): Behaviour {
  const chunk = Buffer.alloc(64 * 1024, ' ')
  return (_request, response) => {
    let left = megabytes * 16
    response.writeHead(200, { 'content-type': 'application/json' })
    const pour = () => {
      while (left-- > 0 && !response.destroyed) {
        const taken = response.write(chunk)
        sent(chunk.length)
        if (!taken) return void response.once('drain', pour)
      }
      response.end()
    }
    pour()
  }
}

export function redirects(status: number, location: string): Behaviour {
  return (_request, response) => response.writeHead(status, { location }).end()
}
