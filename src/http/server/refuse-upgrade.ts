import type { Duplex } from 'node:stream'

/** Refuses an upgrade, and closes the connection even if the client keeps its half open. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}
