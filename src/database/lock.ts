import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { open, realpath, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'

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
  const { path, leave } = placeOf(await realpath(folder))
  try {
    const server = await lock(path)
    if (!server) throw new FolderLockedError(folder)
    return {
      async release() {
        await new Promise((done) => server.close(done))
        leave()
      },
    }
  } catch (error) {
    leave()
    throw error
  }
}

interface Place {
  path: string
  /** Call this when the path is no longer used. */
  leave(): void
}

/** The socket's path. It depends only on the folder, whichever way leads to it and whatever the environment says. */
function placeOf(folder: string): Place {
  const leave = () => {}
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 32)
  if (process.platform === 'win32') return { path: `\\\\.\\pipe\\patchbay-${digest}`, leave }
  const path = join(folder, 'lock.sock')
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return { path, leave }
  if (process.platform !== 'linux') return { path: `/tmp/patchbay-${digest}.sock`, leave }
  // Linux has a short name for every open folder.
  const opened = openSync(folder, 'r')
  return { path: `/proc/self/fd/${opened}/lock.sock`, leave: () => closeSync(opened) }
}

/** Returns undefined if another process has the lock. */
async function lock(path: string): Promise<Server | undefined> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const server = await listen(path)
    if (server) return server
    if (await answers(path)) return undefined
    await takeOver(path)
  }
  return undefined
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
