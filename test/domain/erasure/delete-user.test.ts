import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  browserWith,
  call,
  type HostUser,
  idOf,
  keyFor,
  mutateAs,
  sessionFor,
  setupOf,
  tokenOf,
} from '../../support/callers.js'
import { countersOf } from '../../support/connecting.js'
import { HOST } from '../../support/host-user.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'

const allow = { account: 'ada-work', allow: true }
const SELECTION = '... on DeletedUser { subject organization erasedAt connections }'

let patchbay: Patchbay
let key: string

beforeAll(async () => {
  patchbay = await startPatchbay({ ...HOST, PATCHBAY_RETURN_ORIGINS: 'https://app.example' })
  key = (await keyFor(patchbay, 'users:delete', 'sessions:create')).key
})
afterAll(() => patchbay.close())

const someUser = (): HostUser => ({ subject: randomUUID(), organization: 'hosted' })

interface Deleted {
  subject: string
  organization: string
  erasedAt: string
  connections: number
}
const remove = (user: HostUser & { issuer?: string }) =>
  mutateAs<Deleted>(patchbay, key, 'deleteUser', { user }, SELECTION)

/** The number of a user's rows, by table. */
async function rowsOf(user: HostUser) {
  const { db } = patchbay.database
  const where = { userId: idOf(user) }
  const counts = {
    setups: db.setup.count({ where }),
    copies: db.skillCopy.count({ where }),
    connections: db.connection.count({ where }),
    authorizations: db.authorization.count({ where }),
    activity: db.activity.count({ where }),
    sessions: db.setupSession.count({ where }),
  }
  const entries = Object.entries(counts).map(async ([table, count]) => [table, await count] as const)
  return Object.fromEntries(await Promise.all(entries))
}
const NOTHING = { setups: 0, copies: 0, connections: 0, authorizations: 0, activity: 0, sessions: 0 }

test('deleting a user removes everything of theirs and revokes their tokens at the apps', async () => {
  const user = someUser()
  const own = await tokenOf(user)
  const id = await setupOf(patchbay, own)
  const browser = browserWith(patchbay, own)
  await browser.connect({ connector: 'acme-mail', setupId: id }, allow)
  await browser.connect({ connector: 'acme-calendar', setupId: id }, allow)
  const open = await browser.authorize({ connector: 'acme-chat', setupId: id })
  await sessionFor(patchbay, key, user)
  expect(Object.values(await rowsOf(user)).every((count) => count > 0)).toBe(true)
  const before = (await countersOf(patchbay)).revocations
  const revision = (await patchbay.database.db.user.findUniqueOrThrow({ where: { id: idOf(user) } })).revision

  const result = await remove(user)
  expect(result).toEqual({ __typename: 'DeletedUser', ...user, erasedAt: result.erasedAt, connections: 2 })
  expect(await rowsOf(user)).toEqual(NOTHING)
  const tombstone = await patchbay.database.db.user.findUniqueOrThrow({ where: { id: idOf(user) } })
  expect(tombstone).toMatchObject({ issuer: '', subject: '', organization: '', erasedAt: new Date(result.erasedAt) })
  expect(tombstone.revision).toBeGreaterThan(revision)
  expect((await browser.person.open(open.url)).status).toBe(404)
  await patchbay.instance.runJobs()
  expect((await countersOf(patchbay)).revocations).toBeGreaterThan(before)
  expect(await patchbay.database.db.revocation.count({ where: { userId: idOf(user) } })).toBe(0)
})

test('a token issued after the deletion starts the user over, with nothing from before', async () => {
  const user = someUser()
  await setupOf(patchbay, await tokenOf(user))
  const before = await patchbay.database.db.user.findUniqueOrThrow({ where: { id: idOf(user) } })
  await remove(user)
  const fresh = await tokenOf(user, { issuedInSeconds: 2 })
  const seen = await call(
    patchbay,
    fresh,
    '{ viewer { setups { id } skills { edges { cursor } } activity { edges { cursor } } } }',
  )
  expect(seen.data).toEqual({ viewer: { setups: [], skills: { edges: [] }, activity: { edges: [] } } })
  await setupOf(patchbay, fresh)
  const row = await patchbay.database.db.user.findUniqueOrThrow({ where: { id: idOf(user) } })
  expect(row).toMatchObject({ ...user, issuer: before.issuer })
  expect(row.revision).toBeGreaterThan(before.revision)
  // A back end that acts for the user needs neither a token of theirs nor a later second.
  await remove(user)
  expect((await sessionFor(patchbay, key, user)).setup.status).toBe('IN_PROGRESS')
})

test('deleting a user again, or one who has never written anything, succeeds and ends older tokens', async () => {
  const user = someUser()
  const own = await tokenOf(user)
  expect((await call(patchbay, own, '{ viewer { id } }')).status).toBe(200)
  const first = await remove(user)
  const second = await remove(user)
  expect([first.connections, second.connections]).toEqual([0, 0])
  expect(Date.parse(second.erasedAt)).toBeGreaterThanOrEqual(Date.parse(first.erasedAt))
  expect((await call(patchbay, own, '{ viewer { id } }')).status).toBe(401)
  const without = { ...user, issuer: 'https://another.example' }
  expect(await remove(without)).toMatchObject({ __typename: 'DeletedUser' })
})

test('deleting a user leaves others with the same subject or organization untouched', async () => {
  const user = someUser()
  const others = [
    { ...user, organization: 'another' },
    { ...user, subject: randomUUID() },
  ]
  for (const other of others) await setupOf(patchbay, await tokenOf(other))
  const before = await Promise.all(others.map(rowsOf))
  await remove(user)
  expect(await Promise.all(others.map(rowsOf))).toEqual(before)
  for (const other of others) expect((await call(patchbay, await tokenOf(other), '{ viewer { id } }')).status).toBe(200)
})

test('deleteUser reports every fault in its input', async () => {
  const input = { user: { subject: '', organization: '', issuer: '' } }
  const selection = '... on InvalidInputError { faults { path } }'
  expect(await mutateAs(patchbay, key, 'deleteUser', input, selection)).toMatchObject({
    faults: [{ path: 'user.subject' }, { path: 'user.organization' }, { path: 'user.issuer' }],
  })
})

test('deleting a user queues connection.removed, keeps pending deliveries and erases finished ones', async () => {
  const { db } = patchbay.database
  const user = someUser()
  const own = await tokenOf(user)
  const browser = browserWith(patchbay, own)
  await browser.connect({ connector: 'acme-mail' }, allow)
  const endpoint = await db.webhookEndpoint.create({
    data: {
      id: randomUUID(),
      url: 'https://back.example',
      events: ['connection.removed'],
      sealed: new Uint8Array([1]),
      apiKeyId: 'development',
      createdAt: new Date(),
    },
  })
  const delivery = { endpointId: endpoint.id, userId: idOf(user), type: 'setup.ready', payload: {} }
  for (const status of ['PENDING', 'DELIVERED', 'DEAD'] as const) {
    await db.webhookDelivery.create({
      data: { ...delivery, status, eventId: randomUUID(), createdAt: new Date(), dueAt: new Date() },
    })
  }
  await remove(user)
  const left = await db.webhookDelivery.findMany({ where: { userId: idOf(user) }, orderBy: { sequence: 'asc' } })
  expect(left).toMatchObject([
    { type: 'setup.ready', status: 'PENDING' },
    {
      type: 'connection.removed',
      status: 'PENDING',
      payload: { data: { user: { issuer: 'https://host.example', ...user }, connection: { status: 'REMOVED' } } },
    },
  ])
  await db.webhookEndpoint.delete({ where: { id: endpoint.id } })
})

test('deleting a user during an exchange revokes the new tokens, with either binding', async () => {
  for (const binding of ['BROWSER', 'CONFIRM'] as const) {
    const user = someUser()
    const own = await tokenOf(user)
    const browser = browserWith(patchbay, own)
    const attempt = await browser.authorize({ connector: 'acme-mail', binding, returnTo: 'https://app.example/back' })
    const callback = await browser.consent(attempt.url, allow)
    const before = await countersOf(patchbay)
    let deleted: Promise<unknown> | undefined
    // Tokens have arrived by then, and their connection is about to be stored.
    using _tap = patchbay.database.tap(async (sql) => {
      if (deleted || !sql.startsWith('WITH raised')) return
      deleted = remove(user)
      await deleted
    })
    const answer = await browser.deliver(callback)
    if (binding === 'BROWSER') expect(answer.status).toBe(404)
    else {
      const code = new URL(answer.headers.get('location') ?? '').searchParams.get('confirmation')
      const input = { authorizationId: attempt.id, code }
      await expect(mutateAs(patchbay, own, 'confirmAuthorization', input)).rejects.toThrow('UNAUTHENTICATED')
    }
    expect(await deleted).toMatchObject({ __typename: 'DeletedUser', connections: 0 })
    expect(await rowsOf(user)).toEqual(NOTHING)
    await patchbay.instance.runJobs()
    const after = await countersOf(patchbay)
    expect(after.codeExchanges - before.codeExchanges).toBe(1)
    expect(after.revocations).toBeGreaterThan(before.revocations)
  }
})

test('setups that start while their user is being deleted are deleted or refused', async () => {
  const user = someUser()
  const own = await tokenOf(user)
  const starts = ['meeting-assistant', 'inbox-helper', 'plain-writer', 'standup-writer'].map((plugin) =>
    setupOf(patchbay, own, plugin),
  )
  await Promise.all([remove(user), Promise.allSettled(starts)])
  expect(await rowsOf(user)).toEqual(NOTHING)
})

test('a session created while its user is being deleted is deleted with them or belongs to the new user', async () => {
  const user = someUser()
  await setupOf(patchbay, await tokenOf(user))
  const made = await Promise.allSettled([
    ...Array.from({ length: 4 }, () => sessionFor(patchbay, key, user)),
    remove(user),
  ])
  const { setups, sessions } = await rowsOf(user)
  if (setups === 0) expect(sessions).toBe(0)
  for (const result of made) {
    if (result.status === 'rejected') expect(String(result.reason)).toMatch(/setup doesn’t exist/)
  }
})
