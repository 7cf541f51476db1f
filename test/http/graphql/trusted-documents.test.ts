import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Caller } from '../../../src/domain/identity/caller.js'
import { ConnectionsLiveDocument, StartSetupDocument } from '../../../src/generated/client/graphql.js'
import { TrustedDocuments } from '../../../src/http/graphql/trusted-documents.js'
import { type Patchbay, pluginId, startPatchbay } from '../../support/patchbay.js'
import { RawSocket } from '../../support/raw.js'

const idOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`
const HOST_QUERY = 'query HostName { viewer { name } }'
const OTHER = '{ viewer { id } }'
const LIVE_OTHER = 'subscription { connectionStatus { revision } }'
const NAMED = { data: { viewer: { name: 'Ben' } } }
const NOT_TRUSTED = { errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] }
const NOT_FOUND = { errors: [{ extensions: { code: 'PERSISTED_DOCUMENT_NOT_FOUND' } }] }

const USER = { kind: 'user' } as Caller
const KEY = { kind: 'api-key' } as Caller

describe('a document is trusted', () => {
  const trusted = new TrustedDocuments(
    [['a', 'query A($id: ID!) { node(id: $id) { ...X ...Y } } fragment X on Plugin { id } fragment Y on Skill { id }']],
    'users',
  )
  const isTrusted = (text: string, caller = USER) => trusted.refusalOf(caller, parse(text)) === undefined

  test.each([
    [
      'whatever its spaces, comments and the order of its fragments',
      'fragment Y on Skill { id } # y\nfragment X on Plugin { id } query A($id:ID!){node(id:$id){...X,...Y}}',
    ],
    [
      'with the __typename that caches add',
      'query A($id: ID!) { node(id: $id) { ...X ...Y __typename } } fragment X on Plugin { id __typename } fragment Y on Skill { __typename id }',
    ],
  ])('%s', (_, text) => {
    expect(isTrusted(text)).toBe(true)
  })

  test.each([
    [
      'another field',
      'query A($id: ID!) { node(id: $id) { ...X ...Y id } } fragment X on Plugin { id } fragment Y on Skill { id }',
    ],
    [
      'an alias',
      'query A($id: ID!) { node(id: $id) { ...X ...Y t: __typename } } fragment X on Plugin { id } fragment Y on Skill { id }',
    ],
    [
      'a value in the place of the variable',
      'query A { node(id: "b") { ...X ...Y } } fragment X on Plugin { id } fragment Y on Skill { id }',
    ],
    [
      'another operation',
      `query A($id: ID!) { node(id: $id) { ...X ...Y } } query B { viewer { id } } fragment X on Plugin { id } fragment Y on Skill { id }`,
    ],
  ])('but not with %s', (_, text) => {
    expect(isTrusted(text)).toBe(false)
  })

  test('for users only, for everyone, or not at all', () => {
    const refuses = (only: 'off' | 'users' | 'everyone') =>
      [USER, KEY].map((caller) => new TrustedDocuments([], only).refusalOf(caller, parse(OTHER)) !== undefined)
    expect([refuses('off'), refuses('users'), refuses('everyone')]).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ])
  })
})

describe('where users may send only trusted documents', () => {
  let folder: string
  let patchbay: Patchbay
  let authorization: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patchbay-manifests-'))
    await writeFile(join(folder, 'host.json'), JSON.stringify({ [idOf(HOST_QUERY)]: HOST_QUERY }))
    patchbay = await startPatchbay({
      PATCHBAY_TRUSTED_DOCUMENTS: folder,
      PATCHBAY_TRUSTED_DOCUMENTS_ONLY: 'users',
    })
    authorization = `Bearer ${await patchbay.tokenFor('ben')}`
  })
  afterAll(async () => {
    await patchbay?.close()
    await rm(folder, { recursive: true })
  })

  const send = (body: object, headers: Record<string, string> = {}) =>
    fetch(`${patchbay.url}/graphql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const answer = async (body: object, headers: Record<string, string> = {}) => (await send(body, headers)).json()

  test('the host’s document is executed by its text and by its id, however clients name it', async () => {
    // The second time, it's remembered and takes another way.
    for (let time = 0; time < 2; time++) {
      expect(await answer({ query: HOST_QUERY })).toEqual(NAMED)
      expect(await answer({ documentId: idOf(HOST_QUERY) })).toEqual(NAMED)
      const persistedQuery = { version: 1, sha256Hash: idOf(HOST_QUERY).slice('sha256:'.length) }
      expect(await answer({ extensions: { persistedQuery } })).toEqual(NAMED)
    }
    const inAddress = `${patchbay.url}/graphql?documentId=${encodeURIComponent(idOf(HOST_QUERY))}`
    expect(await (await fetch(inAddress, { headers: { authorization } })).json()).toEqual(NAMED)
  })

  test('mutations of patchbay/client are executed by their id', async () => {
    const variables = { input: { pluginId: pluginId('plain-writer') } }
    const started = await answer({ documentId: idOf(StartSetupDocument), variables })
    expect(started).toMatchObject({ data: { startSetup: { __typename: 'PluginSetup' } } })
  })

  test('another document is refused before anything says what the schema has', async () => {
    expect(await answer({ query: OTHER })).toMatchObject(NOT_TRUSTED)
    expect(await answer({ query: '{ viewe { id } }' })).toMatchObject(NOT_TRUSTED)
    expect(await answer({ query: '{ __schema { types { name } } }' })).toMatchObject(NOT_TRUSTED)
    const typed = await send({ query: OTHER }, { accept: 'application/graphql-response+json' })
    expect([typed.status, await typed.json()]).toEqual([
      400,
      expect.objectContaining({ errors: [expect.objectContaining({ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } })] }),
    ])
  })

  test('it is refused too if an API key has sent it before', async () => {
    const key = { authorization: `Bearer ${patchbay.instance.developmentKey}` }
    const query = '{ plugins(first: 1) { edges { node { slug } } } }'
    expect(await answer({ query }, key)).not.toHaveProperty('errors')
    expect(await answer({ query }, key)).not.toHaveProperty('errors')
    expect(await answer({ query })).toMatchObject(NOT_TRUSTED)
    await using socket = await openSocket()
    expect(await socket.execute(query)).toMatchObject({ type: 'error', payload: NOT_TRUSTED.errors })
  })

  test('an unknown id is refused, and without a token so is every request', async () => {
    expect(await answer({ documentId: idOf('unknown') })).toMatchObject(NOT_FOUND)
    const stranger = await send({ documentId: idOf('unknown') }, { authorization: '' })
    expect(stranger.status).toBe(401)
    const inAddress = await fetch(`${patchbay.url}/graphql?documentId=${idOf('unknown')}`)
    expect(inAddress.status).toBe(401)
  })

  async function openSocket() {
    const socket = await RawSocket.open(patchbay)
    await socket.init(authorization)
    let operations = 0
    return {
      execute: (query: string) => socket.execute(query),
      async byId(documentId: string) {
        const id = `by id ${++operations}`
        socket.send({ id, type: 'subscribe', payload: { documentId, query: '' } })
        return socket.message((message) => message.id === id)
      },
      [Symbol.asyncDispose]: async () => socket.terminate(),
    }
  }

  test('the same is true over a WebSocket', async () => {
    await using socket = await openSocket()
    const live = { type: 'next', payload: { data: { connectionStatus: { revision: expect.any(Number) } } } }
    expect(await socket.execute(ConnectionsLiveDocument)).toMatchObject(live)
    expect(await socket.byId(idOf(ConnectionsLiveDocument))).toMatchObject(live)
    expect(await socket.byId(idOf(HOST_QUERY))).toMatchObject({ type: 'next', payload: NAMED })
    expect(await socket.execute(LIVE_OTHER)).toMatchObject({ type: 'error', payload: NOT_TRUSTED.errors })
    expect(await socket.byId('unknown')).toMatchObject({ type: 'error', payload: NOT_FOUND.errors })
  })

  test('the same is true over server-sent events', async () => {
    const first = async (body: object) => {
      const { body: stream } = await send(body, { accept: 'text/event-stream' })
      let text = ''
      for await (const piece of (stream ?? []) as AsyncIterable<Uint8Array>) {
        text += new TextDecoder().decode(piece)
        const [, data] = /^data: (\{.*\})$/m.exec(text) ?? []
        if (data) return JSON.parse(data)
      }
    }
    const live = { data: { connectionStatus: { revision: expect.any(Number) } } }
    expect(await first({ query: ConnectionsLiveDocument })).toMatchObject(live)
    expect(await first({ documentId: idOf(ConnectionsLiveDocument) })).toMatchObject(live)
    expect(await first({ query: LIVE_OTHER })).toMatchObject(NOT_TRUSTED)
    expect(await first({ documentId: 'unknown' })).toMatchObject(NOT_FOUND)
  })

  test('GraphiQL’s requests are executed, in development', async () => {
    const page = await (await fetch(`${patchbay.url}/graphql`, { headers: { accept: 'text/html' } })).text()
    const [, name = ''] = /\\"(Patchbay-[A-Za-z]+)\\": \\"GraphiQL\\"/.exec(page) ?? []
    expect(name).not.toBe('')
    expect(await answer({ query: OTHER }, { [name]: 'GraphiQL' })).toHaveProperty('data.viewer.id')
    const socket = await RawSocket.open(patchbay)
    socket.send({ type: 'connection_init' })
    await socket.message(({ type }) => type === 'connection_ack')
    const extensions = { headers: { Authorization: authorization, [name]: 'GraphiQL' } }
    socket.send({ id: 'live', type: 'subscribe', payload: { query: LIVE_OTHER, extensions } })
    expect(await socket.message(({ id }) => id === 'live')).toMatchObject({ type: 'next' })
    socket.terminate()
  })
})
