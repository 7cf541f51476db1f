import { createConnection, createServer, type Socket } from 'node:net'

/** Sits between a client and a server, and can do to the connection what networks do. */
export interface TcpProxy extends AsyncDisposable {
  port: number
  /** The number of open connections. */
  readonly open: number
  /** Closes every open connection. Still accepts new ones. */
  cut(): void
  /** Blocks the open connections without closing them. New ones work. */
  blackHole(): void
  /** Also blocks new connections, until `heal`. */
  blackHoleAll(): void
  heal(): void
}

type Line = readonly [client: Socket, upstream: Socket]

/** @param observe returns for each connection what is told the bytes that its client sends */
export async function startTcpProxy(
  target: { host: string; port: number },
  observe?: () => (chunk: Buffer) => void,
): Promise<TcpProxy> {
  const lines = new Set<Line>()
  const swallowed = new Set<Line>()
  let swallowing = false
  const swallow = (line: Line) => {
    swallowed.add(line)
    const [client, upstream] = line
    client.unpipe(upstream)
    upstream.unpipe(client)
    client.pause()
    upstream.resume() // what the server sends is lost
  }
  const server = createServer((client) => {
    const upstream = createConnection(target.port, target.host)
    const line: Line = [client, upstream]
    lines.add(line)
    for (const end of line) {
      end.on('error', () => {})
      end.on('close', () => {
        // On a blocked connection, neither end notices that the other is gone.
        if (!swallowed.has(line)) for (const each of line) each.destroy()
        if (line.every(({ destroyed }) => destroyed)) lines.delete(line)
      })
    }
    if (observe) client.on('data', observe())
    client.pipe(upstream).pipe(client)
    if (swallowing) swallow(line)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: TcpProxy = {
    port: (server.address() as { port: number }).port,
    get open() {
      return lines.size
    },
    cut() {
      for (const line of lines) for (const socket of line) socket.destroy()
    },
    blackHole() {
      for (const line of lines) swallow(line)
    },
    blackHoleAll() {
      swallowing = true
      proxy.blackHole()
    },
    heal() {
      swallowing = false
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      proxy.cut()
      await closed
    },
  }
  return proxy
}
