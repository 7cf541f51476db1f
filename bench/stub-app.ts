import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * An app whose endpoints respond immediately, so that only Patchbay is measured. Every code is valid and names the
 * account.
 */
export async function startStubApp(): Promise<{ url: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    const json = (body: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const token = { access_token: 'token', token_type: 'bearer', expires_in: 3600, scope: 'work' }
    if (request.url === '/userinfo') json({ sub: 'account', email: 'account@stub.example' })
    else request.resume().once('end', () => json(token))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}
