import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyFor, mutateAs } from '../support/callers.js'
import { connectorId, type Patchbay, pluginId, startPatchbay } from '../support/patchbay.js'

const USER = { subject: 'ada', organization: 'northwind' }
const SELECTION = '... on InvalidInputError { faults { path message } }'

let patchbay: Patchbay
let key: string
beforeAll(async () => {
  patchbay = await startPatchbay()
  const scopes = ['tokens:issue', 'sessions:create', 'connectors:write', 'plugins:write', 'webhooks:write'] as const
  key = (await keyFor(patchbay, ...scopes)).key
})
afterAll(() => patchbay.close())

interface Result {
  faults?: { path: string; message: string }[]
}
const mutate = (name: string, input: object) => mutateAs<Result>(patchbay, key, name, input, SELECTION)

/** Each mutation in which a back end names a plugin or a connector, with a result that shows that it was found. */
const mutations: [name: string, word: 'plugin' | 'connector', slug: string, rest: object, found: string][] = [
  ['issueAccessToken', 'connector', 'acme-mail', { user: USER }, 'AccessTokenUnavailableError'],
  ['createSetupSession', 'plugin', 'plain-writer', { user: USER }, 'SetupSession'],
  ['removeConnector', 'connector', 'acme-mail', {}, 'ConnectorRequiredError'],
  ['retirePlugin', 'plugin', 'meeting-assistant', {}, 'Plugin'],
]
const idOf = (word: string, slug: string) => (word === 'plugin' ? pluginId(slug) : connectorId(slug))

describe.each(mutations)('%s', (name, word, slug, rest, found) => {
  test(`takes ${word} as a slug or an id, and ${word}Id as an id`, async () => {
    const id = idOf(word, slug)
    for (const input of [{ [word]: slug }, { [word]: id }, { [`${word}Id`]: id }]) {
      expect(await mutate(name, { ...rest, ...input })).toMatchObject({ __typename: found })
    }
  })

  test(`says what to pass instead of a slug as ${word}Id, of both and of neither`, async () => {
    const faultsOf = async (input: object) => (await mutate(name, { ...rest, ...input })).faults
    expect(await mutate(name, { ...rest, [`${word}Id`]: slug })).toMatchObject({
      __typename: 'NotFoundError',
      message: `“${slug}” is a slug, not an id. Pass the id, or the slug as ${word} instead of ${word}Id.`,
    })
    expect(await faultsOf({ [word]: slug, [`${word}Id`]: idOf(word, slug) })).toEqual([
      { path: word, message: `is given together with ${word}Id. Pass only one of them` },
    ])
    expect(await faultsOf({})).toEqual([{ path: word, message: `is missing. Pass the ${word}’s slug or id` }])
  })

  test(`doesn’t find a ${word} that isn’t there, or an id of something else`, async () => {
    const other = word === 'plugin' ? connectorId(slug) : pluginId(slug)
    for (const given of ['no-such-thing', 'No slug', other, '']) {
      expect(await mutate(name, { ...rest, [word]: given })).toMatchObject({
        __typename: 'NotFoundError',
        message: `This ${word} doesn’t exist. Check its slug or id.`,
      })
    }
  })
})

test.each<[string, object, string]>([
  [
    'issueAccessToken',
    { user: USER, connector: 'acme-mail', connectionId: 'acme-mail' },
    '“acme-mail” is a slug, not an id. Pass the id of the ConnectedAccount, as the API returned it.',
  ],
  [
    'issueAccessToken',
    { user: USER, connector: 'acme-mail', skillId: 'send-notes' },
    '“send-notes” is a slug, not an id. Pass the id, which plugin(slug: …) { skills { id slug } } returns.',
  ],
  [
    'testWebhook',
    { webhookId: 'orders' },
    '“orders” is a slug, not an id. Pass the id of the Webhook, as the API returned it.',
  ],
])('%s with %j says that it needs an id', async (name, input, message) => {
  expect(await mutateAs(patchbay, key, name, input)).toMatchObject({ __typename: 'NotFoundError', message })
})

test('a user’s operations say so too', async () => {
  const ada = await patchbay.tokenFor('ada')
  expect(await mutateAs(patchbay, ada, 'startSetup', { pluginId: 'plain-writer' })).toMatchObject({
    __typename: 'NotFoundError',
    message: '“plain-writer” is a slug, not an id. Pass the id, which plugin(slug: …) { id } returns.',
  })
  const { data, errors } = await patchbay.execute(
    'ada',
    `{ node(id: "acme-mail") { id } nodes(ids: ["acme-mail", "${pluginId('plain-writer')}"]) { id } }`,
  )
  expect(data).toEqual({ node: null, nodes: [null, { id: pluginId('plain-writer') }] })
  const message =
    '“acme-mail” is a slug, not an id. Pass an id, or look the slug up with plugin(slug: …) or connector(slug: …).'
  const refused = (path: (string | number)[]) =>
    expect.objectContaining({ message, path, extensions: { code: 'NOT_FOUND' } })
  expect(errors).toEqual([refused(['node']), refused(['nodes', 0])])
})

test('a UUID is no slug, and what is wrong with it isn’t told', async () => {
  const input = { user: USER, connector: 'acme-mail', connectionId: '0b6f3c1e-7a45-4f0b-9b1e-2f4f5d6a7b8c' }
  expect(await mutate('issueAccessToken', input)).toMatchObject({
    __typename: 'NotFoundError',
    message: 'This connection doesn’t exist or belongs to another user. Check the id.',
  })
})
