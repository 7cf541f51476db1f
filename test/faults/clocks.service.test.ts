import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from '../../src/domain/access/api-key/create-key.js'
import { parseGlobalId } from '../../src/domain/global-id.js'
import { call, sessionFor } from '../support/callers.js'
import { HOST_ORGANIZATION } from '../support/host-user.js'
import { PATIENT } from '../support/patience.js'
import { type HostPerson, type Installation, newPerson, startInstallation } from './installation.js'

const PRELOAD = new URL('./shifted-clock.mjs', import.meta.url)
const MINUTES = 60_000
const JOBS_WAIT_MS = 45_000

let installation: Installation
beforeAll(async () => {
  installation = await startInstallation()
})
afterAll(() => installation[Symbol.asyncDispose]())

const startWithClock = (shiftMs: number) =>
  installation.start({ env: { NODE_OPTIONS: `--import ${PRELOAD.href}`, CLOCK_SHIFT_MS: String(shiftMs) } })

/** Sets when an authorization of Acme Chat ends, from now by the database's clock. */
async function authorizationEndingIn(person: HostPerson, seconds: number) {
  const { id } = await person.at(installation.patchbay).authorize({ connector: 'acme-chat' })
  await installation.patchbay.database.db.$executeRaw`
    UPDATE "Authorization" SET "expiresAt" = now() + make_interval(secs => ${seconds}::double precision)
    WHERE "userId" = ${person.userId}::uuid AND "connectorSlug" = 'acme-chat' AND status = 'PENDING'`
  return id
}

const statuses = ({ userId }: HostPerson) =>
  installation.patchbay.database.db.authorization.findMany({
    where: { userId },
    select: { connectorSlug: true, status: true },
    orderBy: { createdAt: 'asc' },
  })

/** Leaves an instance work until its own jobs have done some. */
async function untilItsJobsRan({ url }: { url: string }): Promise<void> {
  const done = async () => {
    await authorizationEndingIn(await newPerson(installation), -1)
    const text = await (await fetch(`${url}/metrics`)).text()
    return Number(/^patchbay_due_work_total\{work="expire authorizations"\} (\d+)$/m.exec(text)?.[1] ?? 0)
  }
  await expect.poll(done, { timeout: JOBS_WAIT_MS, interval: 250 }).toBeGreaterThan(0)
}

test.each([
  ['fast', 5 * MINUTES],
  ['slow', -5 * MINUTES],
])(
  'O23: at an instance whose clock is five minutes %s, things expire by the database’s clock',
  PATIENT,
  async (_how, shiftMs) => {
    const { patchbay } = installation
    const { db } = patchbay.database
    const skewed = await startWithClock(shiftMs)
    const logged = () => /"time":"([^"]+)"/.exec(skewed.log.join())?.[1] ?? ''
    await expect.poll(() => Math.abs(Date.parse(logged()) - Date.now() - shiftMs)).toBeLessThan(2 * MINUTES)

    const [open, late, user] = [
      await newPerson(installation),
      await newPerson(installation),
      await newPerson(installation),
    ]
    const connection = await user.at(patchbay).connect({ connector: 'acme-mail' })
    const expiring = await user.at(patchbay).connect({ connector: 'acme-calendar' })
    expect([connection.__typename, expiring.__typename]).toEqual(['Authorization', 'Authorization'])
    await db.$executeRaw`UPDATE "Connection" SET refreshable = false, "refreshDueAt" = NULL,
    "accessTokenExpiresAt" = now() + CASE WHEN "connectorSlug" = 'acme-mail' THEN 1 ELSE -1 END * interval '1 minute'
    WHERE "userId" = ${user.userId}::uuid`
    await authorizationEndingIn(open, 60)
    await authorizationEndingIn(late, -1)
    const { key } = await createKey({ db }, { name: `clock ${shiftMs}`, scopes: ['sessions:create'] })
    const session = async (subject: string, leftSeconds: number) => {
      const { token } = await sessionFor(skewed, key, { subject, organization: HOST_ORGANIZATION })
      await db.$executeRaw`UPDATE "SetupSession" SET "expiresAt" = now() + make_interval(secs => ${leftSeconds}::double precision)
      WHERE "userId" = (SELECT id FROM "User" WHERE subject = ${subject})`
      return token
    }
    const [valid, ended] = [await session(open.subject, 60), await session(late.subject, -1)]
    await untilItsJobsRan(skewed)

    expect(await statuses(open)).toEqual([{ connectorSlug: 'acme-chat', status: 'PENDING' }])
    expect(await statuses(late)).toEqual([{ connectorSlug: 'acme-chat', status: 'EXPIRED' }])
    const connections = await db.connection.findMany({
      where: { userId: user.userId },
      orderBy: { connectorSlug: 'asc' },
    })
    expect(connections.map(({ connectorSlug, status }) => [connectorSlug, status])).toEqual([
      ['acme-calendar', 'EXPIRED'],
      ['acme-mail', 'LIVE'],
    ])
    expect((await call(skewed, valid, '{ viewer { revision } }')).status).toBe(200)
    expect((await call(skewed, ended, '{ viewer { revision } }')).status).toBe(401)

    // Started here, consented to through the other instance, and back here.
    const browser = user.at(skewed)
    const attempt = await browser.authorize({ connector: 'acme-chat' })
    await browser.deliver(await browser.consent(attempt.url, { account: 'ada-work', allow: true }))
    expect(
      (await db.authorization.findUniqueOrThrow({ where: { id: parseGlobalId(attempt.id)?.id ?? '' } })).status,
    ).toBe('SUCCEEDED')
    await skewed.stop()
    expect(installation.accidents()).toEqual([])
  },
)
