import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const TOKENS = JSON.stringify({
  access_token: 'access'.padEnd(64, 'x'),
  refresh_token: 'refresh'.padEnd(64, 'x'),
  token_type: 'Bearer',
  expires_in: 3600,
  scope: 'read:1 write:1 offline',
})

/** An app's token endpoint that accepts every code and responds immediately, so that only the contestant is measured. */
export async function startTokenEndpoint(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': TOKENS.length }).end(TOKENS)
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
