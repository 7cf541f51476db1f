import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../test/support/free-port.js'
import type { Command } from '../adapters/contestant.js'

export interface RunningServer {
  url: string
  port: number
  pid: number
  /** From the start of the process to its first right answer. */
  startMs: number
  stop(): Promise<void>
}

interface Start {
  command(port: number): Command
  /** Throws or returns false until the server responds as it should. */
  isReady(url: string): Promise<boolean>
  /** Where its output goes. By default, nowhere. */
  logFile?: string
}

const PATIENCE_MS = 60_000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a fresh process and asks it until it gives a right answer. */
export async function startServer({ command, isReady, logFile }: Start): Promise<RunningServer> {
  const port = await freePort()
  const { args, cwd, env } = command(port)
  const output = logFile ? openSync(logFile, 'a') : 'ignore'
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', output, output],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const url = `http://127.0.0.1:${port}`
  try {
    while (!(await isReady(url).catch(() => false))) {
      if (child.exitCode !== null || performance.now() - startedAt > PATIENCE_MS) {
        throw new Error(`${args[0]} gives no right answer${logFile ? `, see ${logFile}` : ''}`)
      }
      await pause(5)
    }
  } catch (error) {
    await kill(child)
    throw error
  }
  return { url, port, pid: child.pid ?? 0, startMs: performance.now() - startedAt, stop: () => kill(child) }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
