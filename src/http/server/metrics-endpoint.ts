import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bind } from './bind.js'
import { METRICS_PATH, pathOf } from './routes.js'

/** The metrics for Prometheus. */
export interface Exposition {
  contentType: string
  expose(): Promise<string>
}

/** Responds to a scrape. */
export async function answerScrape(
  exposition: Exposition,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET') return void response.writeHead(405, { allow: 'GET' }).end()
  const text = await exposition.expose()
  response.writeHead(200, { 'content-type': exposition.contentType, 'cache-control': 'no-store' }).end(text)
}

/**
 * Serves only the metrics, on a separate port.
 * @param port 0 for any free port
 * @throws ListenError if the port is in use
 */
export async function listenForScrapes(
  { host, port }: { host: string; port: number },
  exposition: Exposition,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (pathOf(request) !== METRICS_PATH) return void response.writeHead(404).end()
    answerScrape(exposition, request, response).catch(() => response.destroy())
  })
  await bind(server, { host, port, variable: 'PATCHBAY_METRICS_PORT' })
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}${METRICS_PATH}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
