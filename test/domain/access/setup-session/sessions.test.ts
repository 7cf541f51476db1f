import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { revokeKey } from '../../../../src/domain/access/api-key/revoke-key.js'
import { parseSessionToken } from '../../../../src/domain/access/setup-session/session-token.js'
import { verifySessions } from '../../../../src/domain/access/setup-session/verify-sessions.js'
import { raiseRevision } from '../../../../src/domain/change/revision.js'
import { sqlOn } from '../../../../src/domain/db.js'
import { NotAdmittedError } from '../../../../src/domain/errors.js'
import { readStates } from '../../../../src/domain/view/read-states.js'
import {
  browserWith,
  call,
  type HostUser,
  keyFor,
  mutateAs,
  PROGRESS,
  type ProgressScreen,
  SILENT,
  sessionFor,
  setupOf,
  tokenOf,
  watchAs,
} from '../../../support/callers.js'
import { rowId } from '../../../support/connecting.js'
import { HOST, HOST_ISSUER } from '../../../support/host-user.js'
import { connectorId, type Patchbay, pluginId, startPatchbay } from '../../../support/patchbay.js'
import { RawSocket, send } from '../../../support/raw.js'
import { TRANSPORTS } from '../../../support/subscriber.js'

const RETURN_TO = 'https://app.example/connected'
const allow = { account: 'ada-work', allow: true }

let patchbay: Patchbay
let key: string

beforeAll(async () => {
  patchbay = await startPatchbay({ ...HOST, PATCHBAY_RETURN_ORIGINS: 'https://app.example' })
  key = (await keyFor(patchbay, 'sessions:create')).key
})
afterAll(() => patchbay.close())

const someUser = (): HostUser => ({ subject: randomUUID(), organization: 'northwind' })
const session = (user: HostUser, options?: Parameters<typeof sessionFor>[3]) => sessionFor(patchbay, key, user, options)

/** By the database's clock, which is the only one that counts. */
async function endNow(token: string): Promise<void> {
  const id = parseSessionToken(token)?.id ?? ''
  await patchbay.database.db
    .$executeRaw`UPDATE "SetupSession" SET "expiresAt" = now() - interval '1 second' WHERE id = ${id}::uuid`
}

const ME =
  '{ viewer { id name organization { id name } setups { id } connections { id } skills { edges { node { name instructions } } } } }'
interface Me {
  viewer: {
    id: string
    name: string | null
    organization: { id: string; name: string | null }
    setups: { id: string }[]
    connections: { id: string }[]
    skills: { edges: { node: { name: string; instructions: string } }[] }
  }
}

describe('createSetupSession', () => {
  test('starts the setup for the user that the host’s tokens identify, and stores only a hash of the token', async () => {
    const user = someUser()
    const { token, expiresAt, setup } = await session({
      ...user,
      name: 'Dora',
      organizationName: 'Northwind',
    } as HostUser)
    expect(setup.status).toBe('IN_PROGRESS')
    const minutesLeft = (Date.parse(expiresAt) - Date.now()) / 60_000
    expect(minutesLeft).toBeGreaterThan(14)
    expect(minutesLeft).toBeLessThanOrEqual(15.1)
    const own = await call<Me>(patchbay, await tokenOf(user), ME)
    expect(own.data.viewer.setups).toEqual([{ id: setup.id }])
    const { data } = await call<Me>(patchbay, token, ME)
    expect(data.viewer).toMatchObject({
      id: own.data.viewer.id,
      name: 'Dora',
      organization: { id: 'northwind', name: 'Northwind' },
      setups: [{ id: setup.id }],
    })
    const parsed = parseSessionToken(token)
    expect(Buffer.from(parsed?.secret ?? '', 'base64url')).toHaveLength(32)
    const row = await patchbay.database.db.setupSession.findUniqueOrThrow({ where: { id: parsed?.id ?? '' } })
    expect(row.secretHash).toHaveLength(32)
    expect(JSON.stringify(row)).not.toContain(parsed?.secret)
  })

  test('leaves an existing setup as it is, and sets no names if none are given', async () => {
    const user = someUser()
    const own = await tokenOf(user)
    const id = await setupOf(patchbay, own)
    const { token, setup } = await session(user, { minutes: 1 })
    expect(setup.id).toBe(id)
    expect((await call<Me>(patchbay, token, ME)).data.viewer).toMatchObject({
      name: null,
      organization: { name: null },
    })
    expect(await patchbay.database.db.setup.count({ where: { id: rowId(id) } })).toBe(1)
  })

  test('takes users of the configured issuers only, and names these', async () => {
    const user = someUser()
    const create = (issuer: string | undefined) => {
      const input = { user: { ...user, issuer }, plugin: 'plain-writer' }
      const selection = '... on SetupSession { setup { id } } ... on InvalidInputError { faults { path message } }'
      return mutateAs<{ setup: { id: string }; faults?: { path: string; message: string }[] }>(
        patchbay,
        key,
        'createSetupSession',
        input,
        selection,
      )
    }
    const own = await create(undefined)
    expect((await create(HOST_ISSUER)).setup.id).toBe(own.setup.id)
    expect((await create('patchbay-development')).setup.id).not.toBe(own.setup.id)
    const users = await patchbay.database.db.user.count()
    expect((await create('https://typo.example')).faults).toEqual([
      {
        path: 'user.issuer',
        message: `isn’t an issuer of your tokens here. Pass one of ${HOST_ISSUER}, patchbay-development, or leave it out for ${HOST_ISSUER}. Operators configure issuers with PATCHBAY_JWT_ISSUER`,
      },
    ])
    expect(await patchbay.database.db.user.count()).toBe(users)
  })

  test('reports everything that is wrong with the input, and plugins that do not exist or are retired', async () => {
    const input = {
      user: { subject: '', organization: 'a\0b', issuer: '', name: '', organizationName: 'x'.repeat(1_001) },
      pluginId: pluginId('meeting-assistant'),
      minutes: 61,
    }
    const selection = '... on InvalidInputError { faults { path } }'
    const paths = async (given: object) => {
      const result = await mutateAs<{ faults: { path: string }[] }>(
        patchbay,
        key,
        'createSetupSession',
        given,
        selection,
      )
      return result.faults?.map(({ path }) => path)
    }
    expect(await paths(input)).toEqual([
      'user.subject',
      'user.organization',
      'user.issuer',
      'user.name',
      'user.organizationName',
      'minutes',
    ])
    expect(await paths({ ...input, user: someUser(), minutes: 0 })).toEqual(['minutes'])
    for (const plugin of ['nobodys-plugin', 'Not a slug']) {
      const wrong = { user: someUser(), pluginId: pluginId(plugin) }
      expect(await mutateAs(patchbay, key, 'createSetupSession', wrong)).toMatchObject({ __typename: 'NotFoundError' })
    }
    const ada = await patchbay.tokenFor('ada')
    await mutateAs(patchbay, ada, 'retirePlugin', { pluginId: pluginId('inbox-helper') })
    const retired = { user: someUser(), pluginId: pluginId('inbox-helper') }
    expect(await mutateAs(patchbay, key, 'createSetupSession', retired)).toMatchObject({
      __typename: 'PluginRetiredError',
    })
  })

  test('allows a user 20 sessions: one more ends the oldest and its open subscriptions', async () => {
    const user = someUser()
    const oldest = await session(user)
    await using screen = await watchAs<ProgressScreen>(
      patchbay,
      oldest.token,
      PROGRESS,
      { id: oldest.setup.id },
      'WebSocket',
    )
    await screen.next()
    const second = await session(user)
    for (let count = 2; count < 20; count++) await session(user)
    expect((await call(patchbay, oldest.token, ME)).status).toBe(200)
    await session(user, { plugin: 'plain-writer' })
    expect((await call(patchbay, oldest.token, ME)).status).toBe(401)
    await expect(screen.ended).rejects.toMatchObject({ code: 4403 })
    expect((await call(patchbay, second.token, ME)).status).toBe(200)
  })

  test('is refused to a key that was just revoked, even while the key is remembered as accepted', async () => {
    const { key: revoked, id } = await keyFor(patchbay, 'sessions:create')
    await sessionFor(patchbay, revoked, someUser())
    await revokeKey({ ...patchbay.database, notifier: SILENT }, id)
    const user = someUser()
    const query =
      'mutation ($input: CreateSetupSessionInput!) { createSetupSession(input: $input) { ... on SetupSession { token } } }'
    const answer = await call(patchbay, revoked, query, { input: { user, pluginId: pluginId('plain-writer') } })
    expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    expect(await patchbay.database.db.setupSession.count({ where: { apiKeyId: id } })).toBe(0)
  })
})

describe('a setup session', () => {
  test('sees its own setup and what that needs, and nothing else of the user’s', async () => {
    const user = someUser()
    const own = await tokenOf(user)
    const setup = await setupOf(patchbay, own)
    await browserWith(patchbay, own).connect({ connector: 'acme-mail', setupId: setup }, allow)
    const { token, setup: other } = await session(user, { plugin: 'plain-writer' })
    const { data } = await call<Me>(patchbay, token, ME)
    expect(data.viewer.setups).toEqual([{ id: other.id }])
    expect(data.viewer.connections).toEqual([])
    expect(data.viewer.skills.edges).toHaveLength(1)
    expect(data.viewer.skills.edges[0]?.node.instructions).not.toBe('')
    const { data: seen } = await call(patchbay, token, 'query ($id: ID!) { node(id: $id) { id } }', { id: setup })
    expect(seen).toEqual({ node: null })
    const uses = await session(user, { plugin: 'meeting-assistant' })
    const third = await setupOf(patchbay, own, 'standup-writer')
    expect(third).not.toBe(uses.setup.id)
    const inResult = '... on SetupSession { setup { steps { connection { setups { id } } } } }'
    const input = { user, pluginId: pluginId('meeting-assistant') }
    await browserWith(patchbay, own).connect({ connector: 'acme-calendar', setupId: third }, allow)
    const result = await mutateAs<{ setup: { steps: { connection: { setups: { id: string }[] } | null }[] } }>(
      patchbay,
      key,
      'createSetupSession',
      input,
      inResult,
    )
    const shown = result.setup.steps.flatMap(({ connection }) => connection?.setups.map(({ id }) => id) ?? [])
    expect(new Set(shown)).toEqual(new Set([setup]))
    const mail = '{ connector(slug: "acme-mail") { connection { id } connections { id } } }'
    expect((await call(patchbay, token, mail)).data).toEqual({ connector: { connection: null, connections: [] } })
  })

  test('connects an app, bound to its browser by a cookie, and follows the progress over both transports', async () => {
    const { token, setup } = await session(someUser())
    const browser = browserWith(patchbay, token)
    const attempt = await browser.authorize({ connector: 'acme-mail', setupId: setup.id })
    const query = 'subscription ($id: ID!) { authorizationStatus(authorizationId: $id) { status } }'
    for (const transport of TRANSPORTS) {
      await using screen = await watchAs(patchbay, token, query, { id: attempt.id }, transport)
      expect((await screen.next()).data).toMatchObject({ authorizationStatus: { status: 'PENDING' } })
    }
    await using progress = await watchAs<ProgressScreen>(patchbay, token, PROGRESS, { id: setup.id }, 'SSE')
    const before = (await progress.next()).data.setupProgress?.revision ?? 0
    const elsewhere = browserWith(patchbay, token)
    expect((await elsewhere.person.open(attempt.url)).status).toBe(403)
    await browser.deliver(await browser.consent(attempt.url, allow))
    await progress.until(({ setupProgress }) => (setupProgress?.revision ?? 0) > before + 1)
    const { data } = await call<Me>(patchbay, token, ME)
    expect(data.viewer.connections).toHaveLength(1)

    const [connection] = data.viewer.connections
    const choice = { setupId: setup.id, connectionId: connection?.id }
    expect(await mutateAs(patchbay, token, 'chooseConnection', choice)).toMatchObject({ __typename: 'PluginSetup' })
    const repair = { connector: 'acme-mail', setupId: setup.id, connectionId: connection?.id ?? '' }
    expect((await browser.authorize(repair)).__typename).toBe('Authorization')
  })

  test('confirms and cancels the authorizations of its own setup, but no others of the same user', async () => {
    const user = someUser()
    const { token, setup } = await session(user)
    const { token: other } = await session(user, { plugin: 'plain-writer' })
    const request = { connector: 'acme-mail', setupId: setup.id, binding: 'CONFIRM' as const, returnTo: RETURN_TO }
    const browser = browserWith(patchbay, token)
    const attempt = await browser.authorize(request)
    const answer = await browser.deliver(await browser.consent(attempt.url, allow))
    const code = new URL(answer.headers.get('location') ?? '').searchParams.get('confirmation')
    const confirmation = { authorizationId: attempt.id, code }
    const notFound = { __typename: 'NotFoundError' }
    expect(await mutateAs(patchbay, other, 'confirmAuthorization', confirmation)).toMatchObject(notFound)
    expect(await mutateAs(patchbay, other, 'cancelAuthorization', { authorizationId: attempt.id })).toMatchObject(
      notFound,
    )
    expect(await mutateAs(patchbay, token, 'confirmAuthorization', confirmation)).toMatchObject({
      __typename: 'Authorization',
    })
    const second = await browser.authorize(request)
    expect(await mutateAs(patchbay, token, 'cancelAuthorization', { authorizationId: second.id })).toMatchObject({
      __typename: 'Authorization',
    })
    // An authorization without a setup is up to the user.
    const alone = await browserWith(patchbay, await tokenOf(user)).authorize({ connector: 'acme-mail' })
    expect(await mutateAs(patchbay, token, 'cancelAuthorization', { authorizationId: alone.id })).toMatchObject(
      notFound,
    )
  })

  test('must name its own setup when it authorizes, and cannot name another', async () => {
    const user = someUser()
    const { token } = await session(user, { plugin: 'plain-writer' })
    const authorize = (setupId?: string) =>
      mutateAs(patchbay, token, 'authorizeConnector', { connectorId: connectorId('acme-mail'), setupId })
    const { setup: foreign } = await session(someUser())
    const { setup: other } = await session(user)
    expect(await authorize()).toMatchObject({ __typename: 'ForbiddenError' })
    expect(await authorize(other.id)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await authorize(foreign.id)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await patchbay.database.db.authorization.count({ where: { setupId: rowId(other.id) } })).toBe(0)
  })

  test('requests every scope that the user’s other setups need from the same connection', async () => {
    const user = someUser()
    await setupOf(patchbay, await tokenOf(user), 'standup-writer')
    const { token, setup } = await session(user)
    const calendar = { connector: 'acme-calendar', setupId: setup.id }
    const alone = await session(someUser())
    const fewer = await browserWith(patchbay, alone.token).authorize({ ...calendar, setupId: alone.setup.id })
    const { scopes } = await browserWith(patchbay, token).authorize(calendar)
    expect(scopes).toEqual(expect.arrayContaining(fewer.scopes))
  })
})

describe('G15: a misused, revoked or expired setup session', () => {
  test('is refused in a URL or a cookie, and never appears in the log', async () => {
    const { token } = await session(someUser())
    const body = JSON.stringify({ query: ME })
    const headers = { 'content-type': 'application/json' }
    for (const name of ['token', 'access_token', 'authorization', 'session']) {
      const answer = await send(patchbay, `/graphql?${name}=${token}`, { headers, body })
      expect(answer.status).toBe(401)
    }
    expect((await send(patchbay, '/graphql', { headers: { ...headers, cookie: `token=${token}` }, body })).status).toBe(
      401,
    )
    expect(patchbay.logged.join('')).not.toContain(parseSessionToken(token)?.secret)
  })

  test('gets the same refusal whether it is wrong, damaged, unknown or expired, over HTTP and WebSocket', async () => {
    const { token } = await session(someUser())
    const { token: over } = await session(someUser())
    const { id = '', secret = '' } = parseSessionToken(token) ?? {}
    await endNow(over)
    const bad = [
      over,
      token.replace(secret, `${secret.startsWith('A') ? 'B' : 'A'}${secret.slice(1)}`),
      token.replace(secret, parseSessionToken(over)?.secret ?? ''),
      token.replaceAll('-', '').replace(id.replaceAll('-', ''), randomUUID().replaceAll('-', '')),
      token.slice(0, -1),
      `${token}A`,
      'pbs_',
      token.replace('pbs_', 'pbk_'),
    ]
    const answers = await Promise.all(bad.map((wrong) => call(patchbay, wrong, '{ __typename }')))
    expect(answers.map(({ status }) => status)).toEqual(bad.map(() => 401))
    expect(new Set(answers.slice(0, -1).map((answer) => JSON.stringify(answer))).size).toBe(1)
    for (const wrong of bad) {
      const socket = await RawSocket.open(patchbay)
      socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${wrong}` } })
      expect(await socket.closed).toBe(4403)
    }
    expect((await call(patchbay, token, ME)).status).toBe(200)
  })

  test('ends with its setup, even if that setup is started again under the same id', async () => {
    const user = someUser()
    const own = await tokenOf(user)
    const { token, setup } = await session(user)
    expect((await call(patchbay, token, ME)).status).toBe(200)
    await mutateAs(patchbay, own, 'removeSetup', { setupId: setup.id })
    expect((await call(patchbay, token, ME)).status).toBe(401)
    expect(await setupOf(patchbay, own)).toBe(setup.id)
    expect((await call(patchbay, token, ME)).status).toBe(401)
    const input = { connectorId: connectorId('acme-mail'), setupId: setup.id }
    await expect(mutateAs(patchbay, token, 'authorizeConnector', input)).rejects.toThrow('UNAUTHENTICATED')
    expect(await patchbay.database.db.authorization.count({ where: { setupId: rowId(setup.id) } })).toBe(0)
  })

  test('changes nothing once it has expired or its key is revoked, even if it was admitted before', async () => {
    const { db, sql } = patchbay.database
    const { key: short, id: keyId } = await keyFor(patchbay, 'sessions:create')
    const writes = async (token: string, work: () => Promise<unknown>) => {
      const [viewer] = await verifySessions({ sql }, [token])
      if (!viewer) throw new Error('the session is not accepted')
      const write = () => db.$transaction((tx) => raiseRevision(tx, viewer))
      await write()
      await work()
      await expect(write()).rejects.toThrow(NotAdmittedError)
      const [state] = await readStates(sqlOn(db), [{ ...viewer, authorizationIds: [], known: null }])
      expect(state?.admitted).toBe(false)
    }
    const { token: over } = await session(someUser())
    await writes(over, () => endNow(over))
    const { token: revoked } = await sessionFor(patchbay, short, someUser())
    await writes(revoked, () => db.apiKey.update({ where: { id: keyId }, data: { revokedAt: new Date() } }))
    await patchbay.instance.runJobs()
    expect(await db.setupSession.count({ where: { apiKeyId: keyId } })).toBe(0)
  })

  test('changes nothing if its key is revoked between its read and its write', async () => {
    const { db } = patchbay.database
    const { key: short, id: keyId } = await keyFor(patchbay, 'sessions:create')
    const { token, setup } = await sessionFor(patchbay, short, someUser())
    const attempt = await browserWith(patchbay, token).authorize({ connector: 'acme-mail', setupId: setup.id })
    let revoked: Promise<unknown> | undefined
    using _tap = patchbay.database.tap((sql) => {
      // The read has begun by then, and was admitted.
      if (sql.includes('AS "catalogueRevision"')) {
        revoked ??= db.apiKey.update({ where: { id: keyId }, data: { revokedAt: new Date() } }).then(() => {})
      }
      // The embedded database has one session, which has finished it before it begins the change, so no one could wait
      // there.
      if (sql.includes('INSERT INTO "User"') && inject('mode') === 'service') return revoked?.then(() => {})
      return undefined
    })
    const cancel = mutateAs(patchbay, token, 'cancelAuthorization', { authorizationId: attempt.id })
    await expect(cancel).rejects.toThrow('UNAUTHENTICATED')
    await revoked
    const row = await db.authorization.findUniqueOrThrow({ where: { id: rowId(attempt.id) } })
    expect(row.status).toBe('PENDING')
  })

  test('is deleted once it has expired', async () => {
    const { token } = await session(someUser())
    await endNow(token)
    await patchbay.instance.runJobs()
    const id = parseSessionToken(token)?.id ?? ''
    expect(await patchbay.database.db.setupSession.count({ where: { id } })).toBe(0)
  })
})
