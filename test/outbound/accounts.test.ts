import { afterAll, beforeAll, expect, test } from 'vitest'
import { ProviderSchema } from '../../src/domain/catalogue/provider.js'
import { OAuthError } from '../../src/domain/ports/oauth-client.js'
import { accountIn } from '../../src/outbound/account.js'
import { parseExactly, textOf, valueAt } from '../../src/outbound/exact-json.js'
import { providerCatalogue } from '../../src/providers/catalogue.js'
import { type Script, type ScriptedApp, startScriptedApp } from '../support/scripted-app.js'

let app: ScriptedApp
beforeAll(async () => {
  app = await startScriptedApp()
})
afterAll(() => app[Symbol.asyncDispose]())

const identity = (settings: object) => ({ settings: { identity: { url: `${app.server.url}/me`, ...settings } } })

/** The account's id, or the code of the refusal. */
async function idOf(script: Script): Promise<string | undefined> {
  try {
    return (await app.connect(script)).account?.id
  } catch (error) {
    if (error instanceof OAuthError) return error.code
    throw error
  }
}

test.each([
  ['a string', '{"id":"U1"}', 'U1'],
  ['a small number', '{"id":7}', '7'],
  ['zero', '{"id":0}', '0'],
  ['a number beyond 2^53', '{"id":9007199254740993}', '9007199254740993'],
  ['its neighbor', '{"id":9007199254740992}', '9007199254740992'],
  ['a number of 40 digits', `{"id":${'1234567890'.repeat(4)}}`, '1234567890'.repeat(4)],
  ['a negative number', '{"id":-9007199254740993}', '-9007199254740993'],
  ['a decimal', '{"id":1.10}', '1.10'],
  ['an exponent', '{"id":1E400}', '1E400'],
  ['a string of digits', '{"id":"9007199254740993"}', '9007199254740993'],
  ['leading zeros in a string', '{"id":"007"}', '007'],
  ['spaces in a string', '{"id":" 7"}', ' 7'],
  ['escapes in a string', String.raw`{"id":"a\"1,\u0032\\"}`, 'a"1,2\\'],
  ['null', '{"id":null}', 'INVALID_TOKEN_RESPONSE'],
  ['an empty string', '{"id":""}', 'INVALID_TOKEN_RESPONSE'],
  ['true', '{"id":true}', 'INVALID_TOKEN_RESPONSE'],
  ['an object', '{"id":{"a":1}}', 'INVALID_TOKEN_RESPONSE'],
  ['a list', '{"id":["U1"]}', 'INVALID_TOKEN_RESPONSE'],
  ['nothing', '{}', 'INVALID_TOKEN_RESPONSE'],
  ['half a surrogate pair', String.raw`{"id":"a\ud800"}`, 'INVALID_TOKEN_RESPONSE'],
  ['NUL', String.raw`{"id":"a\u0000"}`, 'INVALID_TOKEN_RESPONSE'],
  ['256 digits', `{"id":${'1'.repeat(256)}}`, 'INVALID_TOKEN_RESPONSE'],
  ['JSON with a mistake', '{"id":7,}', 'INVALID_TOKEN_RESPONSE'],
])('O27: an id that is %s is compared exactly as sent, or refused', async (_name, me, id) => {
  expect(await idOf({ ...identity({ idPath: 'id' }), me })).toBe(id)
})

test.each([
  ['user.id', { user: { id: 1 } }, '1'],
  ['values.0.id', { values: [{ id: 'first' }, { id: 'second' }] }, 'first'],
  ['/values/1/id', { values: [{ id: 'first' }, { id: 'second' }] }, 'second'],
  ['0.id', [{ id: 'first' }], 'first'],
  ['https://app.example/id', { 'https://app.example/id': 'a1' }, 'a1'],
  ['claims.app.example/id', { claims: { 'app.example/id': 'a1' } }, 'a1'],
  ['a.b', { 'a.b': 'dotted', a: { b: 'nested' } }, 'nested'],
  ['a.b', { 'a.b': 'dotted', a: { c: 'nested' } }, 'dotted'],
  ['/a.b', { 'a.b': 'dotted', a: { b: 'nested' } }, 'dotted'],
  ['/a~1b~0c', { 'a/b~c': 'pointed' }, 'pointed'],
  ['data.me.id', { data: { me: { id: 'graph' } } }, 'graph'],
  ['values.length', { values: [1, 2] }, 'INVALID_TOKEN_RESPONSE'],
  ['constructor.name', {}, 'INVALID_TOKEN_RESPONSE'],
  ['id.length', { id: 'abc' }, 'INVALID_TOKEN_RESPONSE'],
  ['id.text', { id: 7 }, 'INVALID_TOKEN_RESPONSE'],
  ['values.-1.id', { values: [{ id: 'first' }] }, 'INVALID_TOKEN_RESPONSE'],
])('O27: the id at %s of %j is %s', async (idPath, me, id) => {
  expect(await idOf({ ...identity({ idPath }), me })).toBe(id)
})

test('O27: an id of several parts needs each of them, and user U1 in teams T1 and T2 is two accounts', async () => {
  const key = identity({ idPaths: ['team.id', 'user.id'] })
  const ids = []
  for (const team of ['T1', 'T2', 9_007_199])
    ids.push(await idOf({ ...key, me: { team: { id: team }, user: { id: 'U1' } } }))
  expect(ids).toEqual(['T1/U1', 'T2/U1', '9007199/U1'])
  expect(await idOf({ ...key, me: { user: { id: 'U1' } } })).toBe('INVALID_TOKEN_RESPONSE')
  expect(await idOf({ ...key, me: { team: { id: '' }, user: { id: 'U1' } } })).toBe('INVALID_TOKEN_RESPONSE')
})

test('O27: the catalogue’s Slack tells the same user in two teams apart', async () => {
  const slack = providerCatalogue.get('slack')?.identity ?? expect.unreachable()
  const me = { ok: true, user_id: 'U1', team_id: 'T1', user: 'ada', team: 'Northwind' }
  const one = await app.connect({ settings: { identity: { ...slack, url: `${app.server.url}/me` } }, me })
  const other = await app.connect({
    settings: { identity: { ...slack, url: `${app.server.url}/me` } },
    me: { ...me, team_id: 'T2' },
  })
  expect([one.account?.id, other.account?.id]).toEqual(['T1/U1', 'T2/U1'])
})

test('O27: no text that an app sends is taken for a number', () => {
  const body = parseExactly('{"a":"1","b":1,"c":[1e3,"1e3"],"d":"\\"2,3"}')
  expect(['a', 'b', 'c.0', 'c.1', 'd'].map((path) => textOf(valueAt(body, path)))).toEqual([
    '1',
    '1',
    '1e3',
    '1e3',
    '"2,3',
  ])
  expect(typeof valueAt(body, 'a')).toBe('string')
  expect(typeof valueAt(body, 'b')).toBe('object')
  for (const broken of ['', '{', '[1 2]', '{"a":01}', 'NaN', '{"a":1}}']) expect(() => parseExactly(broken)).toThrow()
})

test('an identity call sends the method, the headers and the body that the provider’s data says', async () => {
  const query = { query: '{ viewer { id email } }' }
  const headers = { 'Notion-Version': '2022-06-28', accept: 'application/vnd.app+json' }
  const linear = { method: 'POST', headers, body: query, idPath: 'data.viewer.id', labelPaths: ['data.viewer.email'] }
  const me = { data: { viewer: { id: 'L1', email: 'ada@app.example' } } }
  const { account } = await app.connect({ ...identity(linear), me })
  expect(account).toMatchObject({ id: 'L1', label: 'ada@app.example' })
  const asked = app.server.requests.find(({ path }) => path === '/me')
  expect(asked).toMatchObject({ method: 'POST', authorization: 'Bearer an-access-token' })
  expect(asked?.headers).toMatchObject({
    'notion-version': '2022-06-28',
    'content-type': 'application/json',
    accept: 'application/vnd.app+json',
  })
  expect(JSON.parse(asked?.text ?? '')).toEqual(query)
})

test.each([
  ['a text', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1'],
  ['nothing', null, {}, ''],
])('an identity call may post %s', async (_name, body, headers, text) => {
  await app.connect({ ...identity({ method: 'POST', body, idPath: 'id' }), me: { id: 1 } })
  const asked = app.server.requests.find(({ path }) => path === '/me')
  expect(asked).toMatchObject({ method: 'POST', headers, text })
})

test.each([
  [{ authorization: 'Basic x' }],
  [{ Host: 'other.example' }],
  [{ 'content-length': '1' }],
  [{ 'x y': '1' }],
  [{ 'x-a': 'a\r\nx-b: b' }],
])('an identity call with the headers %j is refused when it is configured', (headers) => {
  const urls = { authorizationUrl: 'https://app.example/a', tokenUrl: 'https://app.example/t' }
  const url = 'https://app.example/me'
  expect(ProviderSchema.safeParse({ ...urls, identity: { url, idPath: 'id', headers } }).success).toBe(false)
})

test.each([
  ['Slack', { idPaths: ['team.id', 'authed_user.id'], labelPaths: ['team.name'] }, { id: 'T1/U1', label: 'Northwind' }],
  [
    'Notion',
    { idPaths: ['workspace_id', 'owner.user.id'], labelPaths: ['workspace_name'] },
    { id: 'w1/n1', label: 'W' },
  ],
  ['Stripe', { idPath: 'stripe_user_id' }, { id: 'acct_1', label: null }],
  ['a number', { idPath: 'athlete.id' }, { id: '9007199254740993', label: null }],
])('O27: the token response itself may name the account, as with %s', async (_name, described, account) => {
  const tokens = `{"access_token":"a","token_type":"Bearer","team":{"id":"T1","name":"Northwind"},"authed_user":{"id":"U1"},
    "workspace_id":"w1","workspace_name":"W","owner":{"type":"user","user":{"id":"n1"}},"stripe_user_id":"acct_1",
    "athlete":{"id":9007199254740993}}`
  const found = await app.connect({ settings: { identity: described }, tokens })
  expect(found.account).toMatchObject(account)
  expect(app.server.requests.map(({ path }) => path)).toEqual(['/token'])
})

test('an identity needs one way to read its id, and connectors that are stored already still parse', () => {
  const urls = { authorizationUrl: 'https://app.example/a', tokenUrl: 'https://app.example/t' }
  const parses = (identity: object) => ProviderSchema.safeParse({ ...urls, identity }).success
  const url = 'https://app.example/me'
  expect(parses({ url, idPath: 'sub', labelPaths: ['email'] })).toBe(true)
  expect(parses({ url, labelPaths: [] })).toBe(false)
  expect(parses({ url, idPath: 'a', idPaths: ['a', 'b'] })).toBe(false)
})

test.each([
  [{ email: 'ada@app.example' }, 'ada@app.example · Support · northwind'],
  [{}, 'Support · northwind'],
  [{ email: ' \t', name: ' Ada ' }, 'Ada · Support · northwind'],
  [{ email: '' }, 'Support · northwind'],
])('a label of %j has dots only between parts that say something', (me, label) => {
  const shown = { from: 'lookup', path: 'name', hosts: null, required: true, identifies: false, shown: true }
  const { provider } = app.target({
    identity: { url: 'https://app.example/me', idPath: 'sub', labelPaths: ['email', 'name'] },
    lookup: { url: 'https://app.example/sites' },
    metadata: { site: shown, team: shown },
  })
  const variables = [{ name: 'workspace' }] as typeof provider.variables
  const found = { site: 'Support', team: ' ', workspace: 'northwind' }
  expect(accountIn({ sub: '1', ...me }, { ...provider, variables }, found)?.label).toBe(label)
})
