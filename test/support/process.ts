import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { inject } from 'vitest'
import { embeddedTemplate } from './embedded-template.js'
import { freePort } from './free-port.js'
import { serviceEnv } from './patchbay.js'
import { takeCopy } from './postgres-copies.js'

/** What tests start as separate processes. */
export type Program = 'src/main' | 'src/operator' | 'test/faults/instance'

/** Runs a program with these variables, and without any Patchbay variables that are set here. */
export function run(
  program: Program,
  args: readonly string[],
  env: Record<string, string>,
  flags: readonly string[] = [],
) {
  const ours = /^(PATCHBAY_|DATABASE_URL$|REDIS_URL$|OTEL_)/
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
  return spawn(process.execPath, [...flags, join(inject('programs'), `${program}.js`), ...args], {
    env: { ...inherited, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** Runs it to its end, with this text on its standard input. */
export async function outcome(program: Program, args: readonly string[], env: Record<string, string>, input = '') {
  const child = run(program, args, env)
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { stdout, stderr, code }
}

/** Creates a folder for PATCHBAY_DATA with a migrated, empty database in it. */
export async function prepareData(folder: string): Promise<void> {
  await cp(join(await embeddedTemplate(inject('programs')), 'data'), folder, { recursive: true })
}

/**
 * The environment that makes a separate process run in the tests' mode, in a new folder, and a way to remove all of
 * that.
 */
export async function ownInstallation(): Promise<{ env: Record<string, string>; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-process-'))
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  if (inject('mode') === 'embedded') {
    await prepareData(folder)
    return { env: { PATCHBAY_DATA: folder }, remove: removeFolder }
  }
  const copy = await takeCopy()
  return {
    env: { PATCHBAY_DATA: folder, ...serviceEnv(copy) },
    async remove() {
      await copy.giveBack()
      await removeFolder()
    },
  }
}

export interface Running {
  /** Where it listens. */
  url: string
  process: ChildProcess
  /** Its lines of standard output and standard error. */
  log: string[]
  /** Resolves with the exit code, or the name of the signal. */
  ended: Promise<number | string>
  /** Asks it to stop, and waits. */
  stop(): Promise<number | string>
}

/**
 * Starts a separate server and waits until it is ready.
 * @param flags for Node
 */
export async function startProcess(
  env: Record<string, string>,
  { program = 'src/main', flags = [] }: { program?: Program; flags?: readonly string[] } = {},
): Promise<Running> {
  const port = env.PATCHBAY_PORT ?? String(await freePort())
  const child = run(program, [], { PATCHBAY_SANDBOX_PORT: '0', ...env, PATCHBAY_PORT: port }, flags)
  child.stdin.end()
  const log: string[] = []
  const ended = once(child, 'close').then(([code, signal]) => signal ?? code)
  await new Promise<void>((resolve, reject) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        log.push(line)
        if (/^ {2}API key |"msg":"ready"/.test(line)) resolve() // the last line of the greeting, or the only one
      })
    }
    ended.then((how) => reject(new Error(`ended with ${how} before it was ready: ${log.join('\n')}`)))
  })
  return {
    url: `http://localhost:${port}`,
    process: child,
    log,
    ended,
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}
