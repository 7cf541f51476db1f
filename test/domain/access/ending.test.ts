import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Instance, startInstance } from '../../../src/app/app.js'
import { readConfig } from '../../../src/config/environment.js'
import { revokeKey } from '../../../src/domain/access/api-key/revoke-key.js'
import { createLogger } from '../../../src/observability/logger.js'
import {
  browserWith,
  call,
  keyFor,
  mutateAs,
  PROGRESS,
  type ProgressScreen,
  SILENT,
  sessionFor,
  setupOf,
  tokenOf,
  watchAs,
} from '../../support/callers.js'
import { freePort } from '../../support/free-port.js'
import { HOST } from '../../support/host-user.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { PATIENT } from '../../support/patience.js'
import { outcome } from '../../support/process.js'
import { RawSocket } from '../../support/raw.js'
import { scrape } from '../../support/scrape.js'
import { TRANSPORTS } from '../../support/subscriber.js'

/** The time within which everything opened with a token has to end. */
const LIMIT_MS = 5_000

let patchbay: Patchbay
let sibling: Instance | undefined
/** Where the subscribers are. With PostgreSQL, also on an instance that isn't notified directly. */
let places: { url: string }[]

beforeAll(async () => {
  patchbay = await startPatchbay(HOST)
  places = [patchbay]
  if (inject('mode') === 'embedded') return
  const port = String(await freePort())
  sibling = await startInstance(readConfig({ ...patchbay.siblingEnv, PATCHBAY_PORT: port }), createLogger('silent'))
  places.push({ url: patchbay.url.replace(/\d+$/, port) })
})
afterAll(async () => {
  await sibling?.close()
  await patchbay.close()
})

const someUser = () => ({ subject: randomUUID(), organization: 'hosted' })
const screens = () => patchbay.instance.subscribers + (sibling?.subscribers ?? 0)

/**
 * From the command line, which sends no notification. The embedded database allows one process, so there this calls
 * what the command does.
 */
async function revoke(id: string): Promise<void> {
  if (!sibling) return void (await revokeKey({ ...patchbay.database, notifier: SILENT }, id))
  expect(await outcome('src/operator', ['revoke-key', `pbk_${id}`], patchbay.siblingEnv)).toMatchObject({ code: 0 })
}

/** Opens a subscription over each transport at each instance, and waits until it has shown the setup. */
async function openScreens(token: string, id: string) {
  const opened = await Promise.all(
    places.flatMap((place) =>
      TRANSPORTS.map(async (transport) => {
        const screen = await watchAs<ProgressScreen>(place, token, PROGRESS, { id }, transport)
        expect((await screen.next()).data.setupProgress).not.toBeNull()
        return { transport, screen }
      }),
    ),
  )
  /** Checks that each has ended as its transport does, in time and without showing anything else. */
  return async (sinceMs: number) => {
    for (const { transport, screen } of opened) {
      if (transport === 'WebSocket') {
        await expect(screen.ended).rejects.toMatchObject({ code: 4403 })
      } else {
        await screen.ended
        expect(await screen.next()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
      }
      expect(screen.waiting(), transport).toEqual([])
    }
    expect(Date.now() - sinceMs).toBeLessThan(LIMIT_MS)
    await expect.poll(screens).toBe(0)
  }
}

test('G10: revoking a key ends its sessions’ subscriptions on every instance, and no others', PATIENT, async () => {
  const user = someUser()
  const { key, id } = await keyFor(patchbay, 'sessions:create')
  const { token, setup } = await sessionFor(patchbay, key, user)
  const endsIn = await openScreens(token, setup.id)
  const failed = () => scrape(patchbay).then(({ value }) => value('patchbay_screen_reads_failed_total'))
  const before = await failed()
  await revoke(id)
  await endsIn(Date.now())
  expect(await failed()).toBe(before)
  const own = await tokenOf(user)
  await using screen = await watchAs<ProgressScreen>(patchbay, own, PROGRESS, { id: setup.id }, 'WebSocket')
  expect((await screen.next()).data.setupProgress).not.toBeNull()
})

test('G10: deleting a user ends their subscriptions on every instance, including those of sessions', async () => {
  const user = someUser()
  const own = await tokenOf(user)
  const id = await setupOf(patchbay, own)
  const { key } = await keyFor(patchbay, 'sessions:create', 'users:delete')
  const { token } = await sessionFor(patchbay, key, user)
  const ends = [await openScreens(own, id), await openScreens(token, id)]
  const deleted = Date.now()
  expect(await mutateAs(patchbay, key, 'deleteUser', { user })).toMatchObject({ __typename: 'DeletedUser' })
  for (const endsIn of ends) await endsIn(deleted)
})

test('G10: deleting a user who has never written anything ends their open subscriptions too', async () => {
  const user = someUser()
  const query = 'subscription { connectionStatus { revision } }'
  await using screen = await watchAs(patchbay, await tokenOf(user), query, {}, 'WebSocket')
  await screen.next()
  const { key } = await keyFor(patchbay, 'users:delete')
  // Only through the notification, because the sweep's query never returns.
  using _tap = patchbay.database.tap((sql) => (sql.includes('unnest') ? new Promise(() => {}) : undefined))
  await mutateAs(patchbay, key, 'deleteUser', { user })
  await expect(screen.ended).rejects.toMatchObject({ code: 4403 })
})

test('G10: a deleted user’s older tokens open nothing over HTTP, WebSocket or SSE', async () => {
  const user = someUser()
  const own = await tokenOf(user)
  const id = await setupOf(patchbay, own)
  const early = await RawSocket.open(patchbay)
  await early.init(`Bearer ${own}`)
  const { key } = await keyFor(patchbay, 'users:delete')
  await mutateAs(patchbay, key, 'deleteUser', { user })

  const unauthenticated = { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }
  for (const place of places) {
    for (const query of ['{ viewer { id } }', '{ plugins { edges { cursor } } }']) {
      expect(await call(place, own, query)).toMatchObject({ status: 401, ...unauthenticated })
    }
    const start = 'mutation ($id: ID!) { startSetup(input: { pluginId: $id }) { __typename } }'
    expect(await call(place, own, start, { id: 'UGx1Z2luOnBsYWluLXdyaXRlcg==' })).toMatchObject({
      status: 401,
      ...unauthenticated,
    })
    await using stream = await watchAs<ProgressScreen>(place, own, PROGRESS, { id }, 'SSE')
    await expect(stream.next()).rejects.toThrow('401')
    for (const query of [PROGRESS, '{ viewer { id } }']) {
      const socket = await RawSocket.open(place)
      await socket.init(`Bearer ${own}`)
      socket.send({ id: '1', type: 'subscribe', payload: { query, variables: query === PROGRESS ? { id } : {} } })
      expect(await socket.closed).toBe(4403)
      expect(socket.messages.map(({ type }) => type)).toEqual(['connection_ack'])
    }
  }
  // It was open before, and sends a request only now.
  early.send({ id: '1', type: 'subscribe', payload: { query: '{ viewer { id } }' } })
  expect(await early.closed).toBe(4403)
  expect(early.messages.map(({ type }) => type)).toEqual(['connection_ack'])
  // A query that concerns no user still works, because it reveals nothing.
  expect(await call(patchbay, own, '{ __typename }')).toEqual({ status: 200, data: { __typename: 'Query' } })
})

test('G10: a socket with many subscriptions is closed once, and none of them sends anything first', async () => {
  const user = someUser()
  const own = await tokenOf(user)
  const id = await setupOf(patchbay, own)
  const socket = await RawSocket.open(patchbay)
  await socket.init(`Bearer ${own}`)
  for (let index = 0; index < 10; index++) {
    socket.send({ id: `s${index}`, type: 'subscribe', payload: { query: PROGRESS, variables: { id } } })
  }
  for (let index = 0; index < 10; index++) await socket.message((message) => message.id === `s${index}`)
  const { key } = await keyFor(patchbay, 'users:delete')
  await mutateAs(patchbay, key, 'deleteUser', { user })
  expect(await socket.closed).toBe(4403)
  expect(socket.messages.filter(({ type }) => type === 'next')).toHaveLength(10)
  expect(socket.messages.filter(({ type }) => type === 'error' || type === 'complete')).toEqual([])
})

test('G10: a socket that does not answer the close is cut off', { timeout: 45_000 }, async () => {
  const user = someUser()
  const own = await tokenOf(user)
  const id = await setupOf(patchbay, own)
  const socket = await RawSocket.open(patchbay)
  await socket.init(`Bearer ${own}`)
  socket.send({ id: '1', type: 'subscribe', payload: { query: PROGRESS, variables: { id } } })
  await socket.message(({ type }) => type === 'next')
  socket.pause()
  const { key } = await keyFor(patchbay, 'users:delete')
  await mutateAs(patchbay, key, 'deleteUser', { user })
  await expect.poll(screens, { timeout: LIMIT_MS }).toBe(0)
  let isClosed = false
  void socket.closed.then(() => {
    isClosed = true
  })
  // Writing to a closed connection breaks it at this end too.
  const speak = () => {
    socket.send({ type: 'pong' })
    return isClosed
  }
  await expect.poll(speak, { timeout: LIMIT_MS }).toBe(true)
  socket.terminate()
})

test('G10: a session’s subscriptions end when the session expires, as with any token', async () => {
  const { key } = await keyFor(patchbay, 'sessions:create')
  const { token, setup } = await sessionFor(patchbay, key, someUser(), { minutes: 1 })
  const id = (await patchbay.database.db.setupSession.findFirstOrThrow({ orderBy: { createdAt: 'desc' } })).id
  await patchbay.database.db
    .$executeRaw`UPDATE "SetupSession" SET "expiresAt" = now() + interval '1.5 seconds' WHERE id = ${id}::uuid`
  const endsIn = await openScreens(token, setup.id)
  await endsIn(Date.now())
})

test('a deleted user’s old token cannot touch newer authorizations, even by guessing an id', async () => {
  const user = someUser()
  const old = await tokenOf(user)
  await setupOf(patchbay, old)
  const { key } = await keyFor(patchbay, 'users:delete')
  await mutateAs(patchbay, key, 'deleteUser', { user })
  const fresh = await tokenOf(user, { issuedInSeconds: 2 })
  const attempt = await browserWith(patchbay, fresh).authorize({ connector: 'acme-mail' })
  const input = { authorizationId: attempt.id }
  await expect(mutateAs(patchbay, old, 'cancelAuthorization', input)).rejects.toThrow('UNAUTHENTICATED')
  await expect(mutateAs(patchbay, old, 'confirmAuthorization', { ...input, code: 'x' })).rejects.toThrow(
    'UNAUTHENTICATED',
  )
  const { data } = await call(
    patchbay,
    fresh,
    'query ($id: ID!) { node(id: $id) { ... on Authorization { status } } }',
    {
      id: attempt.id,
    },
  )
  expect(data).toEqual({ node: { status: 'PENDING' } })
})
