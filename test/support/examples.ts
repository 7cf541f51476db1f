import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { plainEnvironment, type RunningProcess, runProcess } from './running-process.js'

const REPOSITORY = new URL('../../', import.meta.url)

/** The environment of a command: of this process' own variables, none that Patchbay or an example reads. */
function environment(given: Record<string, string>): NodeJS.ProcessEnv {
  const read =
    /^(API_URL|API_KEY|PORT|BIND_ADDRESS|PUBLIC_URL|SIGNING_KEY_FILE|WEBHOOK_\w+|USER_\w+|MAIL_API)$|_proxy$/i
  const inherited = Object.entries(plainEnvironment()).filter(([name]) => !read.test(name))
  return { ...Object.fromEntries(inherited), PYTHONDONTWRITEBYTECODE: '1', ...given }
}

/** The one command in an example's README that names this file or folder. */
async function commandFor(example: string, entry: string): Promise<string> {
  const readme = await readFile(new URL(`examples/${example}/README.md`, REPOSITORY), 'utf8')
  const blocks = [...readme.matchAll(/^ *```sh\n([\s\S]*?)```/gm)].map(([, block = '']) => block.trim())
  const commands = blocks.filter((block) => block.split(' ').at(-1) === entry)
  const [command, ...others] = commands
  if (!command || others.length > 0 || command.includes('\n')) {
    throw new Error(`examples/${example}/README.md has ${commands.length} commands that run ${entry}`)
  }
  return command
}

/** Runs an example to its end, with the command that its README shows. */
export async function runExample(example: string, entry: string, env: Record<string, string>) {
  const command = await commandFor(example, entry)
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile('sh', ['-c', command], { cwd: REPOSITORY, env: environment(env) }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

/**
 * Starts an example with the command that its README shows.
 * @param ready what it writes when it is ready
 */
export async function startExample(
  example: string,
  entry: string,
  { env, ready }: { env: Record<string, string>; ready: RegExp },
): Promise<RunningProcess> {
  const command = await commandFor(example, entry)
  const running = await runProcess('sh', ['-c', `exec ${command}`], {
    cwd: REPOSITORY.pathname,
    env: environment(env),
    ready,
    ownGroup: true,
  })
  let isStopping = false
  const { pid, exitCode } = running.child
  const ended = exitCode === null ? once(running.child, 'close').then(([code]) => code) : Promise.resolve(exitCode)
  const stop = () => {
    // npx starts a process of its own, which doesn't end with it. A second signal would cut the example off.
    if (pid !== undefined && running.child.exitCode === null && !isStopping) process.kill(-pid, 'SIGTERM')
    isStopping = true
    return ended
  }
  return { ...running, stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}
