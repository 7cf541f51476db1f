import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The longest path of a Unix domain socket that works on every platform. */
const MAX_SOCKET_PATH = 100
const MAX_TRIES = 20
const STALE_TAKEOVER_MS = 5_000

export class FolderLockedError extends Error {
  override readonly name = 'FolderLockedError'
  constructor(folder: string) {
    super(
      `Another process is using the database folder ${folder}. Stop it first, or set PATCHBAY_DATA to another folder. To run several instances, use PostgreSQL.`,
    )
  }
}

/**
 * Locks a folder for this process until it is released or the process ends in any way. The lock is a listening socket.
 * The kernel closes it with the process and answers for it while the process is busy. A process id in a file or a
 * timestamp can do neither.
 * @throws FolderLockedError if another process has the lock
 */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  const path = lockPath(resolve(folder))
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const server = await listen(path)
    if (server) return { release: () => new Promise((done) => server.close(() => done())) }
    if (await answers(path)) throw new FolderLockedError(folder)
    await takeOver(path)
  }
  throw new FolderLockedError(folder)
}

function lockPath(folder: string): string {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 32)
  if (process.platform === 'win32') return `\\\\.\\pipe\\patchbay-${digest}`
  const inside = join(folder, 'lock.sock')
  return Buffer.byteLength(inside) <= MAX_SOCKET_PATH ? inside : join(tmpdir(), `patchbay-${digest}.sock`)
}

function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    )
    server.listen(path, () => resolve(server.unref()))
  })
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/**
 * Removes the socket of a process that is gone. Only one process may do this at a time. Otherwise one could remove the
 * other's new socket.
 */
async function takeOver(path: string): Promise<void> {
  const guard = `${path}.takeover`
  try {
    const handle = await open(guard, 'wx')
    try {
      if (!(await answers(path))) await rm(path, { force: true })
    } finally {
      await handle.close()
      await rm(guard, { force: true })
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    await removeIfStale(guard)
  }
}

async function removeIfStale(guard: string): Promise<void> {
  const handle = await open(guard, 'r').catch(() => null)
  if (!handle) return
  const { mtimeMs } = await handle.stat().finally(() => handle.close())
  if (Date.now() - mtimeMs > STALE_TAKEOVER_MS) await rm(guard, { force: true })
}
