import { afterAll, beforeAll, expect, test } from 'vitest'
import { OAuthError } from '../../src/domain/ports/oauth-client.js'
import { type Script, type ScriptedApp, startScriptedApp } from '../support/scripted-app.js'

let app: ScriptedApp
beforeAll(async () => {
  app = await startScriptedApp()
})
afterAll(() => app[Symbol.asyncDispose]())

const METADATA = { cloudId: { from: 'lookup', path: 'id', identifies: true }, siteUrl: { from: 'lookup', path: 'url' } }
const me = { sub: 'U1', email: 'ada@app.example' }

/** What the person can choose from, or the code of the refusal. */
async function choicesOf(lookup: Script['lookup'], choices: object = {}, metadata: object = METADATA) {
  const settings = {
    identity: { url: `${app.server.url}/me`, idPath: 'sub', labelPaths: ['email'] },
    lookup: { url: `${app.server.url}/lookup`, choices: { idPath: 'id', labelPaths: ['name', 'url'], ...choices } },
    metadata,
  }
  try {
    return (await app.connect({ settings, me, ...(lookup !== undefined && { lookup }) })).choices
  } catch (error) {
    if (error instanceof OAuthError) return error.code
    throw error
  }
}

const idsOf = (found: Awaited<ReturnType<typeof choicesOf>>) =>
  typeof found === 'string' ? found : found?.map(({ id }) => id)

test('each item of the list is a choice, with the account and the values that it leads to', async () => {
  const sites = [
    { id: 'S1', name: 'Northwind', url: 'https://northwind.app.example' },
    { id: 'S2', name: 'Contoso', url: 'contoso' },
  ]
  expect(await choicesOf(sites)).toEqual([
    {
      id: 'S1',
      label: 'Northwind',
      account: expect.objectContaining({ id: 'S1/U1', label: 'ada@app.example' }),
      // The address is under no host that the provider's data declares.
      metadata: { cloudId: 'S1' },
    },
    {
      id: 'S2',
      label: 'Contoso',
      account: expect.objectContaining({ id: 'S2/U1' }),
      metadata: { cloudId: 'S2', siteUrl: 'contoso' },
    },
  ])
})

test.each([
  ['the response itself', [{ id: 'a' }], {}, ['a']],
  ['a list inside it', { accounts: [{ id: 'a' }] }, { listPath: 'accounts' }, ['a']],
  ['an empty list', [], {}, []],
  [
    'items that match',
    '[{"id":1,"product":"bc3"},{"id":2,"product":"hey"},{"id":3}]',
    { where: { product: 'bc3' } },
    ['1'],
  ],
  [
    'items that match a boolean',
    [
      { id: 'a', on: true },
      { id: 'b', on: false },
    ],
    { where: { on: 'true' } },
    ['a'],
  ],
  ['items of which none matches', [{ id: 'a', product: 'hey' }], { where: { product: 'bc3' } }, []],
  ['large numbers', '[{"id":9007199254740993},{"id":9007199254740992}]', {}, ['9007199254740993', '9007199254740992']],
  ['an item twice', [{ id: 'a' }, { id: 'a' }, { id: 'b' }], {}, ['a', 'b']],
  ['items without an id', [{ id: 'a' }, { id: '' }, { id: null }, { name: 'b' }, 'c', null], {}, ['a']],
  ['only items without an id', [{ name: 'b' }], {}, 'INVALID_TOKEN_RESPONSE'],
  ['something else', { id: 'a' }, {}, 'INVALID_TOKEN_RESPONSE'],
  ['nothing at the path', { sites: [] }, { listPath: 'accounts' }, 'INVALID_TOKEN_RESPONSE'],
])('a list that is %s', async (_name, lookup, choices, ids) => {
  expect(idsOf(await choicesOf(lookup, choices))).toEqual(ids)
})

test('an item without a value that is required can’t be chosen', async () => {
  const required = { cloudId: { from: 'lookup', path: 'cloud', required: true } }
  const sites = [{ id: 'a' }, { id: 'b', cloud: 'B' }]
  expect(idsOf(await choicesOf(sites, {}, required))).toEqual(['b'])
})

test('no more than 200 choices are offered, and no label is longer than 200 characters', async () => {
  const many = await choicesOf(Array.from({ length: 250 }, (_, index) => ({ id: `${index}`, name: 'x'.repeat(300) })))
  if (!Array.isArray(many)) throw new Error('no choices')
  expect(many).toHaveLength(200)
  expect(Math.max(...many.map(({ label }) => label.length))).toBe(200)
  expect(new Set(many.map(({ label }) => label)).size).toBe(200)
})

test('labels that are the same get the id, and without a label, the id is shown', async () => {
  const found = await choicesOf([{ id: 'a', name: 'Acme' }, { id: 'b', name: ' Acme\u0007' }, { id: 'c' }])
  if (!Array.isArray(found)) throw new Error('no choices')
  expect(found.map(({ label }) => label)).toEqual(['Acme (a)', 'Acme (b)', 'c'])
})

test('a check of a connection doesn’t ask for the list again', async () => {
  await choicesOf([{ id: 'S1' }])
  app.server.requests.length = 0
  const settings = {
    identity: { url: `${app.server.url}/me`, idPath: 'sub' },
    lookup: { url: `${app.server.url}/lookup`, choices: { idPath: 'id' } },
    metadata: METADATA,
  }
  const known = { accessToken: 'an-access-token', metadata: { cloudId: 'S1' } }
  const { account, choices } = await app.oauth.identify(app.target(settings).provider, known)
  expect([account?.id, choices]).toEqual(['S1/U1', null])
  expect(app.server.requests.map(({ path }) => path)).toEqual(['/me'])
})
