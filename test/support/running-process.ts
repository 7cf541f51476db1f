import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface RunningProcess extends AsyncDisposable {
  child: ChildProcess
  /** What the output said when it was ready. */
  ready: RegExpMatchArray
  /** All that it wrote so far. */
  output(): string
  /** SIGTERM, and the exit code. Again: the same. */
  stop(): Promise<number | null>
}

export interface ProcessOptions {
  /** The whole environment; nothing else is inherited. */
  env: NodeJS.ProcessEnv
  cwd?: string
  /** What it writes when it is ready. */
  ready: RegExp
  /** Ctrl-C in the terminal is not for it, but for who started it. */
  ownGroup?: boolean
}

/** Starts a process and waits until it says that it is ready. */
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

/** This process's environment without what belongs to Patchbay, to npm's scripts or to the test runner. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(PATCHBAY_|npm_(package|lifecycle)_|npm_config_local_prefix$|INIT_CWD$|NODE_ENV$|VITEST)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}
