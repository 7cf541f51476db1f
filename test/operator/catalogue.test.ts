import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../support/browser.js'
import { connectorId, type Patchbay, type PersonName, pluginId, startPatchbay } from '../support/patchbay.js'
import { screenOf, startSetup } from '../support/setups.js'
import { subscribe } from '../support/subscriber.js'

interface Result {
  __typename: string
  message?: string
  faults?: { path: string; message: string }[]
  slug?: string
  available?: boolean
  plugins?: string[]
}

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())

async function mutate(person: PersonName, field: string, input: object, selection = ''): Promise<Result> {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ... on Error { message } ${selection} } }`
  const { data, errors } = await patchbay.execute<Record<string, Result>>(person, query, { input })
  if (errors) throw new Error(JSON.stringify(errors))
  return data[field] as Result
}

const FAULTS = '... on InvalidInputError { faults { path message } }'
const publish = (manifest: unknown, person: PersonName = 'ada') =>
  mutate(person, 'publishPlugin', { manifest }, `${FAULTS} ... on Plugin { slug }`)
const configure = (input: object, person: PersonName = 'ada') =>
  mutate(person, 'configureConnector', input, `${FAULTS} ... on Connector { slug available }`)

const manifest = (slug: string, version: string, changes: object = {}) => ({
  slug,
  name: `Plugin ${slug}`,
  summary: 'Does something.',
  version,
  connectors: [{ connector: 'acme-chat', scopes: ['chat.read'], reason: 'To read.' }],
  skills: [
    {
      slug: 'read',
      name: 'Read',
      summary: 'Reads.',
      instructions: `Text of ${version}`,
      uses: [{ connector: 'acme-chat' }],
    },
  ],
  ...changes,
})

describe('publishing and retiring plugins', () => {
  test('an invalid manifest is refused with every fault and its path, and nothing is stored', async () => {
    const before = await patchbay.database.db.catalogue.findMany()
    const result = await publish({ ...manifest('bad', 'one'), skills: [] })
    expect(result).toMatchObject({ __typename: 'InvalidInputError' })
    expect(result.faults?.map(({ path }) => path).sort()).toEqual(['skills', 'version'])
    expect(await publish('not even an object')).toMatchObject({ __typename: 'InvalidInputError' })
    expect(await patchbay.database.db.plugin.findUnique({ where: { slug: 'bad' } })).toBeNull()
    expect(await patchbay.database.db.catalogue.findMany()).toEqual(before)
  })

  test('only operators can publish', async () => {
    expect(await publish(manifest('foreign', '1.0.0'), 'ben')).toMatchObject({ __typename: 'ForbiddenError' })
    expect(await patchbay.database.db.plugin.findUnique({ where: { slug: 'foreign' } })).toBeNull()
  })

  test('a new version updates the requirements of running setups, but leaves copied skills their text', async () => {
    await publish(manifest('reader', '1.0.0'))
    const { id } = await startSetup(patchbay, 'ben', 'reader')
    await new Browser(patchbay, 'ben').connect({ connector: 'acme-chat', setupId: id })
    expect(await screenOf(patchbay, 'ben', id)).toMatchObject({ status: 'READY' })

    await using screen = await subscribe<{ setupProgress: { status: string } }>(
      patchbay,
      'ben',
      'subscription ($id: ID!) { setupProgress(setupId: $id) { status revision } }',
      { id },
    )
    expect((await screen.next()).data.setupProgress.status).toBe('READY')
    const connectors = [
      { connector: 'acme-chat', scopes: ['chat.read', 'chat.admin'], reason: 'To read more.' },
      { connector: 'acme-mail', scopes: ['mail.read'], reason: 'New.' },
    ]
    const skills = [
      {
        slug: 'read',
        name: 'Read',
        summary: 'Reads.',
        instructions: 'Text of 2.0.0',
        uses: [{ connector: 'acme-chat', scopes: ['chat.read'] }],
      },
      { slug: 'more', name: 'More', summary: 'More.', instructions: 'New text', uses: [{ connector: 'acme-mail' }] },
    ]
    await publish(manifest('reader', '2.0.0', { connectors, skills }))
    await screen.until(({ setupProgress }) => setupProgress.status === 'NEEDS_ATTENTION')
    const setup = await screenOf(patchbay, 'ben', id)
    expect(setup.steps).toMatchObject([
      { connector: { slug: 'acme-chat' }, status: 'MISSING_SCOPES', missingScopes: ['chat.admin'] },
      { connector: { slug: 'acme-mail' }, status: 'NOT_CONNECTED' },
    ])
    expect(setup.skills).toMatchObject([
      { name: 'Read', instructions: 'Text of 1.0.0', pluginVersion: '1.0.0', ready: true },
    ])

    await startSetup(patchbay, 'ben', 'reader')
    const copies = (await screenOf(patchbay, 'ben', id)).skills
    expect(copies).toMatchObject([
      { name: 'Read', instructions: 'Text of 1.0.0' },
      { name: 'More', instructions: 'New text', ready: false },
    ])
  })

  test('a copied skill that a new version drops stays in Mine and keeps what it needs', async () => {
    await publish(manifest('dropper', '1.0.0'))
    const { id } = await startSetup(patchbay, 'cleo', 'dropper')
    const skills = [{ slug: 'other', name: 'Other', summary: 'Other.', instructions: 'Other' }]
    await publish(manifest('dropper', '1.1.0', { connectors: [], skills }))
    const setup = await screenOf(patchbay, 'cleo', id)
    expect(setup).toMatchObject({
      status: 'READY',
      steps: [],
      skills: [{ name: 'Read', waitingFor: [{ slug: 'acme-chat' }] }],
    })
  })

  test('republishing a version changes nothing, and is refused if the content differs', async () => {
    await publish(manifest('steady', '1.0.0'))
    const before = await patchbay.database.db.catalogue.findMany()
    expect(await publish(manifest('steady', '1.0.0'))).toMatchObject({ __typename: 'Plugin' })
    const refused = await publish(manifest('steady', '1.0.0', { summary: 'Does something else.' }))
    expect(refused).toMatchObject({ __typename: 'InvalidInputError', faults: [{ path: 'version' }] })
    expect(await patchbay.database.db.catalogue.findMany()).toEqual(before)
  })

  test('a retired plugin is hidden and takes no new setups, while existing ones continue', async () => {
    await publish(manifest('fading', '1.0.0'))
    const { id } = await startSetup(patchbay, 'ben', 'fading')
    expect(await mutate('ben', 'retirePlugin', { pluginId: pluginId('fading') })).toMatchObject({
      __typename: 'ForbiddenError',
    })
    expect(await mutate('ada', 'retirePlugin', { pluginId: pluginId('nothing') })).toMatchObject({
      __typename: 'NotFoundError',
    })
    await mutate('ada', 'retirePlugin', { pluginId: pluginId('fading') })
    const { data } = await patchbay.execute<{ plugins: { edges: { node: { slug: string } }[] } }>(
      'ben',
      '{ plugins(first: 100) { edges { node { slug } } } }',
    )
    expect(data.plugins.edges.map(({ node }) => node.slug)).not.toContain('fading')
    expect((await screenOf(patchbay, 'ben', id)).skills).toHaveLength(1)
    expect(await mutate('cleo', 'startSetup', { pluginId: pluginId('fading') })).toMatchObject({
      __typename: 'PluginRetiredError',
      message: expect.stringContaining('retired'),
    })
  })
})

describe('connectors', () => {
  const oauth2 = { authorizationUrl: 'http://localhost:1/authorize', tokenUrl: 'http://localhost:1/token' }

  test('a connector without credentials is listed as unavailable and cannot be authorized', async () => {
    const { data } = await patchbay.execute('ben', '{ connector(slug: "github") { name provider available } }')
    expect(data).toEqual({ connector: { name: 'GitHub', provider: 'github', available: false } })
    expect(await mutate('ben', 'authorizeConnector', { connectorId: connectorId('github') })).toMatchObject({
      __typename: 'ConnectorUnavailableError',
      message: expect.stringContaining('administrator'),
    })
    expect(await patchbay.database.db.authorization.count({ where: { connectorSlug: 'github' } })).toBe(0)
  })

  test('operators can configure a connector with a known provider, with endpoints or with a discovered issuer', async () => {
    const credentials = { clientId: 'client', clientSecret: 'canary-secret' }
    expect(await configure({ slug: 'gmail', name: 'Gmail', provider: 'google' }, 'ben')).toMatchObject({
      __typename: 'ForbiddenError',
    })
    expect(await configure({ slug: 'gmail', name: 'Gmail', provider: 'google' })).toMatchObject({ available: false })
    expect(await configure({ slug: 'gmail', name: 'Gmail', provider: 'google', credentials })).toMatchObject({
      available: true,
    })
    expect(await configure({ slug: 'gmail', name: 'Google Mail', provider: 'google' })).toMatchObject({
      available: true,
    })
    expect(await configure({ slug: 'own', name: 'Own', oauth2, credentials })).toMatchObject({ available: true })
    const issuer = patchbay.sandbox.apps[0]?.issuer
    expect(
      await configure({ slug: 'discovered', name: 'Discovered', openIdConnect: { issuer }, credentials }),
    ).toMatchObject({ available: true })
    const row = await patchbay.database.db.connector.findUnique({ where: { slug: 'discovered' } })
    expect(row?.providerSettings).toMatchObject({
      issuer,
      requiresIssuer: true,
      pkce: true,
      revocationUrl: expect.stringContaining('/revoke'),
    })
    const settings = { authorizationParameters: { prompt: 'consent' }, scopeDescriptions: { 'mail.read': 'Read it' } }
    await configure({ slug: 'discovered', name: 'Discovered', openIdConnect: { issuer, settings } })
    const corrected = await patchbay.database.db.connector.findUnique({ where: { slug: 'discovered' } })
    expect(corrected?.providerSettings).toEqual({ ...(row?.providerSettings as object), ...settings })
    const sealed = await patchbay.database.db.connectorCredential.findMany()
    expect(sealed.some((row) => Buffer.from(row.sealed).includes('canary-secret'))).toBe(false)
  })

  test('an operator’s scope descriptions take precedence over the provider’s', async () => {
    const scopes = ['repo', 'gist', 'enterprise']
    const permissionsAfter = async (scopeDescriptions: object | null) => {
      await configure({ slug: 'described', name: 'Described', provider: 'github', scopeDescriptions })
      const connectors = [{ connector: 'described', scopes, reason: 'To read.' }]
      await publish(manifest('describing', '1.0.0', { connectors, publisher: 'Northwind', skills: [lone] }))
      const query = '{ plugin(slug: "describing") { publisher requirements { permissions { scope description } } } }'
      const { data } = await patchbay.execute<{
        plugin: {
          publisher: string
          requirements: { permissions: { scope: string; description: string | null }[] }[]
        }
      }>('ben', query)
      expect(data.plugin.publisher).toBe('Northwind')
      return data.plugin.requirements[0]?.permissions
    }
    const lone = { slug: 'read', name: 'Read', summary: 'Reads.', instructions: 'Read.' }
    expect(await permissionsAfter({ repo: 'Read our repositories', enterprise: 'See the company' })).toEqual([
      { scope: 'repo', description: 'Read our repositories' },
      { scope: 'gist', description: 'Create and change gists for you' },
      { scope: 'enterprise', description: 'See the company' },
    ])
    expect(await permissionsAfter(null)).toMatchObject([
      { description: expect.stringContaining('including private ones') },
      { scope: 'gist' },
      { scope: 'enterprise', description: null },
    ])
  })

  test.each<[string, object, string[]]>([
    [
      'invalid scope descriptions',
      { provider: 'github', scopeDescriptions: { repo: 7, gist: ' ' } },
      ['scopeDescriptions.gist', 'scopeDescriptions.repo'],
    ],
    ['no provider', {}, ['provider']],
    ['two providers', { provider: 'google', oauth2 }, ['oauth2']],
    ['an unknown provider', { provider: 'nobody' }, ['provider']],
    [
      'bad endpoints',
      { oauth2: { authorizationUrl: 'ftp://x', tokenUrl: 7, colour: 'red' } },
      ['oauth2.authorizationUrl', 'oauth2.colour', 'oauth2.tokenUrl'],
    ],
    ['an issuer that does not answer', { openIdConnect: { issuer: 'http://localhost:1' } }, ['openIdConnect.issuer']],
    [
      'bad settings next to an issuer',
      { openIdConnect: { issuer: 'http://localhost:1', settings: { pkce: 'no', colour: 'red' } } },
      ['openIdConnect.settings.colour', 'openIdConnect.settings.pkce'],
    ],
    ['a bad slug', { slug: 'Not A Slug', provider: 'google' }, ['slug']],
    [
      'empty credentials',
      { provider: 'google', credentials: { clientId: '', clientSecret: '' } },
      ['credentials.clientId', 'credentials.clientSecret'],
    ],
  ])('a connector with %s is refused with the path, and nothing is stored', async (_name, input, paths) => {
    const result = await configure({ slug: 'broken', name: 'Broken', ...input })
    expect(result).toMatchObject({ __typename: 'InvalidInputError' })
    expect(result.faults?.map(({ path }) => path).sort()).toEqual(paths)
    expect(await patchbay.database.db.connector.findUnique({ where: { slug: 'broken' } })).toBeNull()
  })

  test('a connector that a published plugin requires is removed only by force, which leaves its connections in place', async () => {
    const { id } = await startSetup(patchbay, 'cleo', 'inbox-helper')
    await new Browser(patchbay, 'cleo').connect({ connector: 'acme-calendar', setupId: id })
    const connector = { connectorId: connectorId('acme-calendar') }
    expect(await mutate('ben', 'removeConnector', connector)).toMatchObject({ __typename: 'ForbiddenError' })
    const refused = await mutate('ada', 'removeConnector', connector, '... on ConnectorRequiredError { plugins }')
    expect(refused).toMatchObject({
      __typename: 'ConnectorRequiredError',
      plugins: ['Inbox Helper', 'Meeting Assistant', 'Standup Writer'],
    })
    expect((await screenOf(patchbay, 'cleo', id)).steps[1]).toMatchObject({ status: 'LIVE' })

    await mutate('ada', 'removeConnector', { ...connector, force: true })
    expect((await screenOf(patchbay, 'cleo', id)).steps[1]).toMatchObject({
      status: 'UNAVAILABLE',
      remedy: 'ASK_OPERATOR',
      connection: { status: 'LIVE' },
    })
    expect((await patchbay.execute('cleo', '{ connector(slug: "acme-calendar") { id } }')).data).toEqual({
      connector: null,
    })
    expect(await mutate('ada', 'removeConnector', connector)).toMatchObject({ __typename: 'NotFoundError' })
  })
})
