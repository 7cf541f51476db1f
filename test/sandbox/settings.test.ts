import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BehaviorPatch } from '../../src/sandbox/behavior.js'
import { Browser } from '../support/browser.js'
import { keyFor, mutateAs } from '../support/callers.js'
import { attemptOf, connectionsOf, mutate, script, startAfresh } from '../support/connecting.js'
import { connectorId, type Patchbay, startPatchbay } from '../support/patchbay.js'
import { control } from '../support/sandbox-client.js'

const APP = 'acme-mail'
const page = await readFile(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')
/** What the page says about each behavior that needs settings. */
const rows = [...page.matchAll(/^\| `(\w+): (\w+)` \| `(".*?)`/gm)].map(([, name = '', value = '', settings = '']) => {
  const patch = { [name]: value === 'true' ? true : value } as BehaviorPatch
  return { patch, settings: `{${settings}}` }
})
const [, base = ''] = /```json\n(\{\n {2}"oauth2"[\s\S]*?)```/.exec(page) ?? []

let patchbay: Patchbay
let runtime: string
beforeAll(async () => {
  patchbay = await startPatchbay()
  runtime = (await keyFor(patchbay, 'tokens:issue')).key
})
beforeEach(() => startAfresh(patchbay))
afterAll(() => patchbay.close())

/** As the page has it, with this sandbox's address. */
function here(text: string) {
  const { host } = new URL(patchbay.sandbox.url)
  return JSON.parse(text.replaceAll('localhost:4010', host))
}

async function configure(patch: BehaviorPatch, described: object) {
  const { clientAuthentication } = patch
  const key = await control(patchbay.sandbox, 'GET', `/${APP}/client-key`)
  const clientSecret = clientAuthentication === 'private_key_jwt' ? await key.text() : 'acme-mail-development-secret'
  const credentials = {
    clientId: 'patchbay-acme-mail',
    ...(clientAuthentication !== 'none' && { clientSecret }),
  }
  const input = { slug: APP, name: 'Acme Mail', credentials, ...described }
  return mutate(patchbay, 'ada', 'configureConnector', input)
}

async function connect(account = 'ada-work') {
  const { id } = await new Browser(patchbay, 'ada').connect({ connector: APP }, { account, allow: true })
  return attemptOf(patchbay, 'ada', id)
}

const issue = (input: object = {}) => {
  const user = { subject: 'ada', organization: 'northwind' }
  const all = { user, connectorId: connectorId(APP), ...input }
  const selection = '... on IssuedAccessToken { version metadata account { id label } }'
  return mutateAs<{ version: number }>(patchbay, runtime, 'issueAccessToken', all, selection)
}

test('docs/sandbox.md has settings for every value of a behavior that needs some', () => {
  const named = rows.map(({ patch }) => Object.entries(patch).flat().join(' '))
  expect(new Set(named).size).toBe(14)
})

describe.each(rows)('with $patch', ({ patch, settings }) => {
  test('an app works with the settings in docs/sandbox.md, and can’t be connected without those that it needs', async () => {
    const { oauth2 } = here(base)
    const withSettings = { oauth2: { ...oauth2, ...here(settings) } }
    if (!('addValues' in patch || 'accountsServer' in patch)) {
      await configure({}, { oauth2 })
      await script(patchbay, patch)
      const failed = await new Browser(patchbay, 'ada').connect({ connector: APP }).then(
        ({ id }) => attemptOf(patchbay, 'ada', id),
        () => ({ status: 'FAILED' }), // the app shows its own page
      )
      expect(failed).toMatchObject({ status: 'FAILED' })
    }
    await script(patchbay, patch)
    expect(await configure(patch, withSettings)).toMatchObject({ __typename: 'Connector' })
    expect(await connect()).toMatchObject({ status: 'SUCCEEDED', connection: { account: { id: expect.any(String) } } })
    const { version } = await issue()
    expect(await issue({ rejectedVersion: version })).toMatchObject({ version: version + 1 })
    const [connection] = await connectionsOf(patchbay, 'ada')
    await mutate(patchbay, 'ada', 'disconnect', { connectionId: connection?.id ?? '' })
    await patchbay.instance.runJobs()
    const response = await control(patchbay.sandbox, 'GET', `/${APP}`)
    const { requests } = (await response.json()) as { requests: { endpoint: string; status: number }[] }
    const revocation = requests.find(({ endpoint }) => endpoint === 'revoke')
    // The default token server of that connector answers nothing, and the revocation endpoint isn’t on it.
    expect(revocation).toMatchObject({ status: 200 })
  })
})

test.each(['composite', 'in_list', 'large_number', 'dotted'] as const)(
  'O27: two accounts are two connections with %s',
  async (accountForm) => {
    const settings = rows.find(({ patch }) => patch.accountForm === accountForm)?.settings ?? '{}'
    await script(patchbay, { accountForm })
    await configure({}, { oauth2: { ...here(base).oauth2, ...here(settings) } })
    for (const account of ['ada-work', 'ada-private', 'ada-work']) await connect(account)
    expect(await connectionsOf(patchbay, 'ada')).toHaveLength(2)
  },
)

test('values come from the tokens, the callback and the lookup, and a server elsewhere gets nothing', async () => {
  const settings = rows.find(({ patch }) => patch.addValues)?.settings ?? '{}'
  await script(patchbay, { addValues: true })
  await configure({}, { oauth2: { ...here(base).oauth2, ...here(settings) } })
  await connect()
  expect(await issue()).toMatchObject({
    metadata: { instance_url: `${patchbay.sandbox.url}/acme-mail/api`, realmId: '4620816365178965', dc: 'eu1' },
    account: { label: 'ada@northwind.example · 4620816365178965' },
  })

  const server = rows.find(({ patch }) => patch.accountsServer)?.settings ?? '{}'
  await script(patchbay, { accountsServer: 'elsewhere' })
  await configure({}, { oauth2: { ...here(base).oauth2, ...here(server) } })
  expect(await connect('ada-private')).toMatchObject({ status: 'FAILED', failure: { code: 'ISSUER_MISMATCH' } })
})

test('metadata is found at the path that RFC 8414 inserts, and with an issuer for every tenant', async () => {
  const issuer = `${patchbay.sandbox.url}/${APP}`
  const scopes = { authorizationParameters: { prompt: 'consent' } }
  await script(patchbay, { metadataForm: 'inserted' })
  expect((await fetch(`${issuer}/.well-known/openid-configuration`)).status).toBe(404)
  expect(await configure({}, { openIdConnect: { issuer, settings: scopes } })).toMatchObject({
    __typename: 'Connector',
  })
  expect(await connect()).toMatchObject({ status: 'SUCCEEDED' })

  await script(patchbay, { metadataForm: 'tenant_template' })
  const refused = await configure({}, { openIdConnect: { issuer } })
  expect(refused.message).toContain('set issuerTemplate')
  const [, described = ''] = /```json\n(\{\n {2}"openIdConnect"[\s\S]*?)```/.exec(page) ?? []
  expect(await configure({}, here(described))).toMatchObject({ __typename: 'Connector' })
  expect(await connect()).toMatchObject({ status: 'SUCCEEDED' })
})
