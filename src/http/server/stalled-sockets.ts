import type { Socket } from 'node:net'

/** If more than this is waiting, it has to shrink from one check to the next. */
const MAX_BUFFERED_BYTES = 1_000_000
/** More than anyone is sent. The largest responses are pages of long texts, at about ten megabytes. */
const MAX_BUFFERED_BYTES_EVER = 16_000_000
const MAX_PAUSE_MS = 15_000

interface Progress {
  written: number
  since: number
}

/**
 * Watches sockets, whatever their protocol, for readers that have stopped reading. Closes a socket if its reader takes
 * nothing while more than 1 MB is waiting, or for 15 s while anything is. A slow reader of one large response is not
 * affected.
 */
export function createStallWatch(onStalled: (reason: 'buffer' | 'no-progress') => void, checkEveryMs = 2_500) {
  const sockets = new Map<Socket, Progress>()

  function check(): void {
    const now = Date.now()
    for (const [socket, progress] of sockets) {
      const buffered = socket.writableLength
      const written = socket.bytesWritten - buffered
      const reads = buffered === 0 || written !== progress.written
      if (reads) Object.assign(progress, { written, since: now })
      const tooMuch = buffered > (reads ? MAX_BUFFERED_BYTES_EVER : MAX_BUFFERED_BYTES)
      const tooLong = !reads && now - progress.since > MAX_PAUSE_MS
      if (!tooMuch && !tooLong) continue
      onStalled(tooMuch ? 'buffer' : 'no-progress')
      socket.destroy()
    }
  }

  /** One function for all sockets, because each keeps its listeners for as long as it is open. */
  function forget(this: Socket): void {
    sockets.delete(this)
  }

  const timer = setInterval(check, checkEveryMs).unref()
  return {
    add(socket: Socket): void {
      sockets.set(socket, { written: 0, since: Date.now() })
      socket.on('close', forget)
    },
    close(): void {
      clearInterval(timer)
    },
  }
}
