import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface RunningProcess extends AsyncDisposable {
  child: ChildProcess
  /** The match of the ready pattern in the output. */
  ready: RegExpMatchArray
  /** Everything that it has written so far. */
  output(): string
  /** Sends SIGTERM and resolves with the exit code. Calling it again does the same. */
  stop(): Promise<number | null>
}

export interface ProcessOptions {
  /** The whole environment. It inherits nothing else. */
  env: NodeJS.ProcessEnv
  cwd?: string
  /** The pattern that it writes when it is ready. */
  ready: RegExp
  /** Whether Ctrl-C in the terminal goes only to the process that started this one. */
  ownGroup?: boolean
}

/** Starts a process and waits until it is ready. */
export async function runProcess(
  command: string,
  args: readonly string[],
  { env, cwd, ready, ownGroup = false }: ProcessOptions,
): Promise<RunningProcess> {
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: ownGroup })
  const exited = once(child, 'close').then(([code]) => code as number | null)
  let output = ''
  const found = await new Promise<RegExpMatchArray>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk
      const match = output.match(ready)
      if (match) resolve(match)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    exited.then((code) => reject(new Error(`${command} ended with ${code}:\n${output}`)), reject)
  })
  const stop = () => {
    child.kill('SIGTERM')
    return exited
  }
  return { child, ready: found, output: () => output, stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}

/** This process's environment without the variables of Patchbay, npm scripts and the test runner. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(PATCHBAY_|npm_(package|lifecycle)_|npm_config_local_prefix$|INIT_CWD$|NODE_ENV$|VITEST)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}
