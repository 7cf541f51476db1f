import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { userIdOf } from '../../src/domain/user/viewer.js'
import { HOST, HOST_ORGANIZATION, hostToken } from '../live/host-user.js'
import { Browser } from '../support/browser.js'
import { freePort } from '../support/free-port.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname
const FAULTY = new URL('./instance.ts', import.meta.url).pathname

export interface Instance {
  url: string
  process: ChildProcess
  /** Its log, a line each, and whatever it said on standard error. */
  log: string[]
  /** Resolves with the exit code, or the name of the signal. */
  ended: Promise<number | string>
  /** Asks it to leave, and waits. */
  stop(): Promise<number | string>
}

/** One database and one Redis, an instance in this process (with the sandbox), and any number in processes of their own. */
export interface Installation extends AsyncDisposable {
  patchbay: Patchbay
  instances: Instance[]
  start(options?: { fault?: 'die-before-ring'; env?: Record<string, string> }): Promise<Instance>
  /** Instances that ended although nobody asked them to, and rejections that nobody handled. */
  accidents(): string[]
}

export async function startInstallation(env: Record<string, string> = {}): Promise<Installation> {
  const patchbay = await startPatchbay({ ...HOST, ...env })
  const instances: Instance[] = []
  const wanted = new Set<Instance>()
  const accidents: string[] = []
  const onUnhandled = (reason: unknown) => void accidents.push(`unhandled here: ${reason}`)
  process.on('unhandledRejection', onUnhandled)
  return {
    patchbay,
    instances,
    accidents: () => accidents,
    async start({ fault, env: own } = {}) {
      const instance = await startInstance({ ...patchbay.siblingEnv, ...own }, fault)
      instances.push(instance)
      const stop = instance.stop
      instance.stop = () => {
        wanted.add(instance)
        return stop()
      }
      instance.ended.then((how) => {
        instances.splice(instances.indexOf(instance), 1)
        const meant = wanted.has(instance) || how === 'SIGKILL'
        if (!meant || how === 1) accidents.push(`ended with ${how}: ${instance.log.slice(-5).join('\n')}`)
        accidents.push(...instance.log.filter((line) => /unhandled|uncaught/i.test(line)))
      })
      return instance
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(instances.map((instance) => instance.stop()))
      await patchbay.close()
      process.off('unhandledRejection', onUnhandled)
    },
  }
}

async function startInstance(env: Record<string, string>, fault?: string): Promise<Instance> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PATCHBAY_')))
  const port = await freePort()
  const child = spawn(process.execPath, ['--import', 'tsx', fault ? FAULTY : MAIN], {
    env: { ...inherited, ...env, PATCHBAY_PORT: String(port), ...(fault && { FAULT: fault }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log: string[] = []
  const ended = once(child, 'exit').then(([code, signal]) => signal ?? code)
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line)
        if (/Patchbay is ready|"msg":"ready"/.test(line)) resolve()
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

/** Somebody of the host's, whom no other test knows. */
export interface HostPerson {
  userId: string
  token: string
  /** Their browser, at one of the instances. */
  at(instance: { url: string }): Browser
}

export async function newPerson({ patchbay }: Installation): Promise<HostPerson> {
  const subject = randomUUID()
  const token = await hostToken({ subject })
  return {
    userId: userIdOf({ issuer: HOST.PATCHBAY_JWT_ISSUER, subject, organization: HOST_ORGANIZATION }),
    token,
    at: ({ url }) => new Browser({ ...patchbay, url, tokenFor: async () => token }, 'ben'),
  }
}

/** The revision that the person's screens should show now. */
export async function storedRevision({ patchbay }: Installation, { userId }: HostPerson): Promise<number> {
  const [user, catalogue] = await Promise.all([
    patchbay.database.db.user.findUnique({ where: { id: userId } }),
    patchbay.database.db.catalogue.findUnique({ where: { id: 1 } }),
  ])
  return (user?.revision ?? 0) + (catalogue?.revision ?? 0)
}
