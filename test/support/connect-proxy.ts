import { createServer, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

type Lead = { port: number } | { status: number }

/** An HTTP proxy on loopback that only tunnels. */
export interface ConnectProxy extends AsyncDisposable {
  /** Without user information. */
  url: string
  host: string
  /** What it was asked for. */
  asked: { authority: string; headers: IncomingHttpHeaders }[]
  /** Clients that wait for an answer and haven't given up. */
  waiting: ReadonlySet<Socket>
  /** Says where a tunnel leads: to a port of this machine, or nowhere, with this status. */
  lead: (authority: string, headers: IncomingHttpHeaders) => Lead | Promise<Lead>
}

export async function startConnectProxy(lead: ConnectProxy['lead']): Promise<ConnectProxy> {
  const sockets = new Set<Socket>()
  const waiting = new Set<Socket>()
  const asked: ConnectProxy['asked'] = []
  const server = createServer((_request, response) => response.writeHead(501).end())
  const proxy = { asked, waiting, lead }
  server.on('connection', (socket) => sockets.add(socket))
  server.on('connect', async ({ url: authority = '', headers }, client: Socket, head: Buffer) => {
    client.on('error', () => {}).on('end', () => waiting.delete(client))
    waiting.add(client.resume())
    asked.push({ authority, headers })
    const to = await proxy.lead(authority, headers)
    waiting.delete(client)
    if ('status' in to) {
      client.end(`HTTP/1.1 ${to.status} No\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    const target = connect(to.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      target.write(head)
      target.pipe(client).pipe(target)
    })
    sockets.add(target.on('error', () => client.destroy()))
    client.on('close', () => target.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(proxy, {
    url: `http://${host}`,
    host,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
