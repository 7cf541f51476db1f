import type { Socket } from 'node:net'

/** If more than this is waiting, it has to shrink from one check to the next. */
const MAX_BUFFERED_BYTES = 1_000_000
/** More than anyone is sent. The largest responses are pages of long texts, at about ten megabytes. */
const MAX_BUFFERED_BYTES_EVER = 16_000_000
/** What all sockets together may have waiting. Beyond it, those with the most to read are closed. */
const MAX_BUFFERED_BYTES_TOGETHER = 128_000_000
const MAX_PAUSE_MS = 15_000
/** With the time between checks, less than ten seconds. */
const MAX_SILENCE_MS = 7_000

export type StallReason = 'buffer' | 'no-progress' | 'silent'

interface Progress {
  written: number
  since: number
  readonly openedAt: number
}

/**
 * Watches sockets, whatever their protocol, for clients that do nothing. Closes a socket if its reader takes nothing
 * while more than 1 MB is waiting, or for 15 s while anything is, or if it was opened and nothing was ever sent on it. A
 * slow reader of one large response is not affected, unless there are so many that their responses would fill the memory.
 */
export function createStallWatch(onStalled: (reason: StallReason) => void, checkEveryMs = 2_500) {
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
      const silent = socket.bytesRead === 0 && now - progress.openedAt > MAX_SILENCE_MS
      if (tooMuch || tooLong || silent) end(socket, tooMuch ? 'buffer' : tooLong ? 'no-progress' : 'silent')
    }
    let together = [...sockets.keys()].reduce((sum, { writableLength }) => sum + writableLength, 0)
    if (together <= MAX_BUFFERED_BYTES_TOGETHER) return
    for (const socket of [...sockets.keys()].sort((one, other) => other.writableLength - one.writableLength)) {
      if (together <= MAX_BUFFERED_BYTES_TOGETHER) return
      together -= socket.writableLength
      end(socket, 'buffer')
    }
  }

  function end(socket: Socket, reason: StallReason): void {
    sockets.delete(socket)
    onStalled(reason)
    socket.destroy()
  }

  const timer = setInterval(check, checkEveryMs).unref()
  return {
    add(socket: Socket): void {
      const openedAt = Date.now()
      sockets.set(socket, { written: 0, since: openedAt, openedAt })
    },
    /** The socket was closed. */
    forget(socket: Socket): void {
      sockets.delete(socket)
    },
    close(): void {
      clearInterval(timer)
    },
  }
}
