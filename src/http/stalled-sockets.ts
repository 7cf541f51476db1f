import type { Socket } from 'node:net'

const MAX_BUFFERED_BYTES = 1_000_000
const MAX_PAUSE_MS = 15_000

interface Progress {
  written: number
  since: number
}

/**
 * Watches sockets for readers that do not read, whatever protocol they speak: one whose send buffer is over 1 MB, or has
 * not shrunk for 15 s, is closed.
 */
export function createStallWatch(onStalled: (reason: 'buffer' | 'no-progress') => void, checkEveryMs = 2_500) {
  const sockets = new Map<Socket, Progress>()

  function check(): void {
    const now = Date.now()
    for (const [socket, progress] of sockets) {
      const buffered = socket.writableLength
      const written = socket.bytesWritten - buffered
      if (buffered === 0 || written !== progress.written) sockets.set(socket, { written, since: now })
      const stalled = buffered > 0 && written === progress.written && now - progress.since > MAX_PAUSE_MS
      if (buffered <= MAX_BUFFERED_BYTES && !stalled) continue
      onStalled(buffered > MAX_BUFFERED_BYTES ? 'buffer' : 'no-progress')
      socket.destroy()
    }
  }

  const timer = setInterval(check, checkEveryMs).unref()
  return {
    add(socket: Socket): void {
      sockets.set(socket, { written: 0, since: Date.now() })
      socket.once('close', () => sockets.delete(socket))
    },
    close(): void {
      clearInterval(timer)
    },
  }
}
