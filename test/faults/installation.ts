import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { userIdOf } from '../../src/domain/identity/viewer.js'
import { Browser } from '../support/browser.js'
import { HOST, HOST_ORGANIZATION, hostToken } from '../support/host-user.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { type Running, startProcess } from '../support/process.js'

export type Instance = Running
/** The moments at which an instance can be told to end: see instance.ts. */
export type Fault =
  | 'die-before-notifying'
  | 'die-after-claim'
  | 'die-before-store'
  | 'die-after-store'
  | 'die-before-settling'

/** One database and one Redis, an instance in this process (with the sandbox), and any number in separate processes. */
export interface Installation extends AsyncDisposable {
  patchbay: Patchbay
  instances: Instance[]
  start(options?: { fault?: Fault; env?: Record<string, string> }): Promise<Instance>
  /** Instances that ended unasked, and unhandled rejections. */
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
      const { PATCHBAY_PORT: _own, ...common } = patchbay.siblingEnv
      const instance = fault
        ? await startProcess({ ...common, ...own, FAULT: fault }, { program: 'test/faults/instance' })
        : await startProcess({ ...common, ...own })
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

/** Waits until /readyz of each instance returns this. */
export async function untilAll(urls: readonly string[], status: string, timeout = 10_000): Promise<void> {
  const statusOf = async (url: string) => ((await (await fetch(`${url}/readyz`)).json()) as { status: string }).status
  await expect.poll(() => Promise.all(urls.map(statusOf)), { timeout }).toEqual(urls.map(() => status))
}

/** A user of the host that no other test knows. */
export interface HostPerson {
  subject: string
  userId: string
  token: string
  /** Their browser, at one of the instances. */
  at(instance: { url: string }): Browser
}

export async function newPerson({ patchbay }: Installation): Promise<HostPerson> {
  const subject = randomUUID()
  const token = await hostToken({ subject })
  return {
    subject,
    userId: userIdOf({ issuer: HOST.PATCHBAY_JWT_ISSUER, subject, organization: HOST_ORGANIZATION }),
    token,
    at: ({ url }) => new Browser({ ...patchbay, url, tokenFor: async () => token }, 'ben'),
  }
}

/** The revision that the person's subscribers should have now. */
export async function storedRevision({ patchbay }: Installation, { userId }: HostPerson): Promise<number> {
  const [user, catalogue] = await Promise.all([
    patchbay.database.db.user.findUnique({ where: { id: userId } }),
    patchbay.database.db.catalogue.findUnique({ where: { id: 1 } }),
  ])
  return (user?.revision ?? 0) + (catalogue?.revision ?? 0)
}
