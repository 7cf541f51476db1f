import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyConnectorFile } from '../../src/app/connector-file/apply-connector-file.js'
import { DiscoveryError } from '../../src/domain/ports/discovery.js'
import type { AppliedConnectors } from '../../src/domain/publishing/apply-connectors.js'
import { type ConfigureDeps, configureConnector } from '../../src/domain/publishing/configure-connector.js'
import { removeConnector } from '../../src/domain/publishing/remove-connector.js'
import { findConnector, openCredentials } from '../../src/domain/publishing/stored-connector.js'
import { providerCatalogue } from '../../src/providers/catalogue.js'
import { createEnvelopeVault } from '../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../src/vault/key-ring.js'
import { SILENT } from '../support/callers.js'
import { openTestDatabase, type TestDatabase } from '../support/database.js'
import { silentTelemetry } from '../support/silent-telemetry.js'

let folder: string
let database: TestDatabase
let deps: Parameters<typeof applyConnectorFile>[0]
/** What each issuer's metadata says. Others can't be read. */
const issuers = new Map<string, Awaited<ReturnType<ConfigureDeps['discover']>>>()
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchbay-connectors-'))
  database = await openTestDatabase()
  deps = {
    db: database.db,
    sql: database.sql,
    notifier: SILENT,
    vault: createEnvelopeVault(createKeyRing([Buffer.alloc(32, 'a key').toString('base64')]), () => {}),
    providers: providerCatalogue,
    allowPrivate: false,
    refusesAddress: () => false,
    discover: async (issuer) => {
      const metadata = issuers.get(issuer)
      if (!metadata) throw new DiscoveryError('its metadata couldn’t be read')
      return metadata
    },
  }
})
afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

let files = 0
/** Applies a file as a start does. */
async function start(content: string | null, variables: Record<string, string> = {}): Promise<AppliedConnectors> {
  let result: AppliedConnectors = { changed: [], kept: [] }
  const telemetry = silentTelemetry({
    connectorsApplied(applied) {
      result = applied as AppliedConnectors
    },
  })
  if (content === null) {
    await applyConnectorFile(deps, { connectors: undefined }, telemetry)
    return result
  }
  const file = join(folder, `connectors-${++files}.yaml`)
  await writeFile(file, content)
  await applyConnectorFile(deps, { connectors: { file, variable: (name) => variables[name] } }, telemetry)
  return result
}

const revision = async () => (await database.db.catalogue.findUnique({ where: { id: 1 } }))?.revision ?? 0
const rows = () => database.db.connector.findMany({ orderBy: { slug: 'asc' }, include: { credential: true } })
const credentialsOf = async (slug: string) => {
  const stored = await findConnector(deps, slug)
  return stored?.sealed ? openCredentials(deps, slug, stored.sealed) : null
}

const FILE = `
connectors:
  - slug: mail # a comment
    name: Mail
    provider: google
    credentials:
      clientId: mail-client
      clientSecret: \${MAIL_SECRET}
  - slug: tracker
    name: Tracker
    oauth2: &tracker
      authorizationUrl: https://tracker.example.com/authorize
      tokenUrl: https://tracker.example.com/token
      tokenRequest: { format: json }
  - slug: tracker-again
    name: Tracker, again
    oauth2: *tracker
`

test('connectors come from the file, with secrets from the environment, and unchanged ones are not written', async () => {
  expect(await start(FILE, { MAIL_SECRET: 'canary-secret' })).toMatchObject({
    changed: ['mail', 'tracker', 'tracker-again'],
  })
  expect(await credentialsOf('mail')).toEqual({ clientId: 'mail-client', clientSecret: 'canary-secret' })
  const before = { rows: await rows(), revision: await revision() }
  expect(await start(FILE, { MAIL_SECRET: 'canary-secret' })).toMatchObject({ changed: [] })
  expect({ rows: await rows(), revision: await revision() }).toEqual(before)

  expect(await start(FILE, { MAIL_SECRET: 'another-secret' })).toMatchObject({ changed: ['mail'] })
  expect(await credentialsOf('mail')).toEqual({ clientId: 'mail-client', clientSecret: 'another-secret' })
  expect(await revision()).toBe(before.revision + 1)
})

test('several instances that start at the same time write each connector once', async () => {
  const before = await revision()
  const file = FILE.replaceAll('Tracker', 'Issues')
  const variables = { MAIL_SECRET: 'another-secret' }
  const all = await Promise.all([1, 2, 3, 4].map(() => start(file, variables)))
  expect(all.flatMap(({ changed }) => changed).sort()).toEqual(['tracker', 'tracker-again'])
  expect(await revision()).toBe(before + 2)
})

test('the file wins over earlier changes, refuses later ones, and deletes nothing', async () => {
  const variables = { MAIL_SECRET: 'another-secret' }
  await start(null)
  const input = { slug: 'mail', name: 'Changed over the API', provider: 'google' }
  await configureConnector(deps, input)
  await start(FILE, variables)
  expect(await findConnector(deps, 'mail')).toMatchObject({ fromFile: true, facts: { name: 'Mail' } })
  const before = { rows: await rows(), revision: await revision() }
  await expect(configureConnector(deps, input)).rejects.toThrow(/PATCHBAY_CONNECTORS describes mail/)
  await expect(removeConnector(deps, 'mail', { force: true })).rejects.toThrow(/PATCHBAY_CONNECTORS describes mail/)
  expect({ rows: await rows(), revision: await revision() }).toEqual(before)

  await start('connectors: []')
  expect((await rows()).map(({ slug, fromFile }) => [slug, fromFile])).toEqual([
    ['mail', false],
    ['tracker', false],
    ['tracker-again', false],
  ])
  await configureConnector(deps, input)
  expect(await credentialsOf('mail')).toMatchObject({ clientSecret: 'another-secret' })
  await removeConnector(deps, 'tracker', { force: true })
  expect(await start(FILE, variables)).toMatchObject({ changed: ['mail', 'tracker'] })
})

test('every fault is reported with its path and line, without secrets, and nothing is written', async () => {
  const before = { rows: await rows(), revision: await revision() }
  const file = `
connectors:
  - slug: good
    name: Good
    provider: github
  - slug: mail
    name: \${NAME}
    provider: google
    credentials:
      clientId: \${PATCHBAY_KEYS}
      clientSecret: \${MISSING_SECRET}
  - slug: plain
    name: Plain
    provider: nobody
    colour: red
    credentials: { clientId: "a", clientSecret: "canary-in-the-file" }
  - slug: good
    name: 7
    openIdConnect:
      issuer: https://id.example.com
      settings:
        scopeDescriptions: { mail.read: 5 }
  - slug: plain-http
    name: Plain http
    oauth2: { authorizationUrl: "https://x.example", tokenUrl: "http://x.example" }
`
  const error = await start(file, { MISSING_SECRET: '' }).catch((error: Error) => error.message)
  expect(error).toMatch(
    /^The file .*connectors-\d+\.yaml in PATCHBAY_CONNECTORS has faults, so no connector was changed:/,
  )
  const lines = String(error).split('\n').slice(1)
  expect(lines.map((line) => /^✖ (line \d+: \S+):/.exec(line)?.[1])).toEqual([
    'line 7: connectors[1].name',
    'line 10: connectors[1].credentials.clientId',
    'line 11: connectors[1].credentials.clientSecret',
    'line 15: connectors[2].colour',
    'line 16: connectors[2].credentials.clientSecret',
    'line 17: connectors[3].slug',
    'line 18: connectors[3].name',
    'line 22: connectors[3].openIdConnect.settings.scopeDescriptions.mail.read',
    'line 25: connectors[4].oauth2.tokenUrl',
  ])
  expect(error).toContain('the variable MISSING_SECRET, which is empty')
  expect(error).not.toContain('canary')
  expect({ rows: await rows(), revision: await revision() }).toEqual(before)
})

test.each<[string, string, RegExp]>([
  ['syntax that isn’t YAML', 'connectors:\n  - slug: "canary', /line 2: /],
  ['a member twice', 'connectors: []\nconnectors: []', /line 2: .*unique/],
  ['an unknown tag', 'connectors: !env FOO', /line 1: .*tag/],
  ['nothing in it', '', /line 1: must have the member connectors/],
  [
    'something else in it',
    'connectors: 5\nplugins: []',
    /line 1: connectors: must be a list\n✖ line 2: plugins: is unknown/,
  ],
  ['a connector that isn’t an object', 'connectors: [5]', /line 1: connectors\[0\]: /],
])('a file with %s is refused with the line', async (_what, content, message) => {
  const error = await start(content).catch((error: Error) => error.message)
  expect(error).toMatch(message)
  expect(error).not.toContain('canary')
})

test('a file that cannot be read is refused with its name', async () => {
  const connectors = { file: join(folder, 'missing.yaml'), variable: () => undefined }
  await expect(applyConnectorFile(deps, { connectors }, { connectorsApplied: () => {} })).rejects.toThrow(
    /missing\.yaml, which can’t be read \(ENOENT\)/,
  )
})

test('JSON is accepted too, with tabs and in one line', async () => {
  const connectors = [{ slug: 'from-json', name: 'From JSON', provider: 'github' }]
  expect(await start(JSON.stringify({ connectors }, null, '\t'))).toMatchObject({ changed: ['from-json'] })
  expect(await start(JSON.stringify({ connectors }))).toMatchObject({ changed: [] })
})

test('an issuer is read again at each start, and one that doesn’t answer costs no start', async () => {
  const issuer = 'https://id.example.com'
  const urls = { authorizationUrl: `${issuer}/authorize`, tokenUrl: `${issuer}/token`, issuer }
  const file = `
connectors:
  - slug: intranet
    name: Intranet
    openIdConnect: { issuer: "${issuer}", settings: { tokenRequest: { format: json } } }
`
  await expect(start(file)).rejects.toThrow(/line 5: .*openIdConnect\.issuer: its metadata couldn’t be read/)
  issuers.set(issuer, urls)
  expect(await start(file)).toMatchObject({ changed: ['intranet'], kept: [] })
  issuers.delete(issuer)
  const kept = [{ slug: 'intranet', why: 'its metadata couldn’t be read' }]
  expect(await start(file)).toEqual({ changed: [], kept })
  expect(await start(file.replace('name: Intranet', 'name: The intranet'))).toEqual({ changed: ['intranet'], kept })
  await expect(start(file.replace('json', 'form'))).rejects.toThrow(/openIdConnect\.issuer/)
  issuers.set(issuer, { ...urls, tokenUrl: `${issuer}/token/v2` })
  expect(await start(file)).toMatchObject({ changed: ['intranet'], kept: [] })
  expect((await findConnector(deps, 'intranet'))?.facts.providerSettings).toMatchObject({
    tokenUrl: `${issuer}/token/v2`,
    tokenRequest: { format: 'json' },
  })
})
