import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedDevelopment } from '../../../src/app/seed-development.js'
import { providerCatalogue } from '../../../src/providers/catalogue.js'
import { createEnvelopeVault } from '../../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../../src/vault/key-ring.js'
import { Browser } from '../../support/browser.js'
import { call, SILENT, sessionFor } from '../../support/callers.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { startSetup } from '../../support/setups.js'

interface Permission {
  scope: string
  description: string | null
}
interface Screen {
  node: {
    plugin: { publisher: string | null }
    steps: {
      requirement: { permissions: Permission[] }
      missingPermissions: Permission[]
      connection: { grantedPermissions: Permission[] } | null
    }[]
    skills: { summary: string; plugin: { slug: string; setup: { id: string } | null } }[]
  }
}

const SCREEN = `query ($id: ID!) { node(id: $id) { ... on PluginSetup {
  plugin { publisher }
  steps {
    requirement { permissions { scope description } }
    missingPermissions { scope description }
    connection { grantedPermissions { scope description } }
  }
  skills { summary plugin { slug setup { id } } }
} } }`

const READ = { scope: 'mail.read', description: 'Read your mail: messages and attachments in every folder' }
const SEND = { scope: 'mail.send', description: 'Send mail as you: new messages and replies, from your address' }

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())

test('a setup says in plain words what each app is asked for, what is missing and what was granted', async () => {
  const { id } = await startSetup(patchbay, 'ada', 'meeting-assistant')
  const screen = async () => (await patchbay.execute<Screen>('ada', SCREEN, { id })).data.node
  expect((await screen()).steps[0]).toEqual({
    requirement: { permissions: [READ, SEND] },
    missingPermissions: [],
    connection: null,
  })
  await new Browser(patchbay, 'ada').connect(
    { connector: 'acme-mail', setupId: id },
    { account: 'ada-work', untick: ['mail.send'], allow: true },
  )
  const [mail] = (await screen()).steps
  expect(mail?.missingPermissions).toEqual([SEND])
  const [first, ...others] = mail?.connection?.grantedPermissions ?? []
  expect(first).toEqual(READ)
  expect(others.map(({ scope }) => scope).sort()).toEqual(['email', 'offline_access', 'openid'])
  for (const { description } of others) expect(description).toMatch(/\byou/)
})

test('a setup says who publishes the plugin, and what each copied skill does and where it comes from', async () => {
  const { id } = await startSetup(patchbay, 'ben', 'plain-writer')
  const { node } = (await patchbay.execute<Screen>('ben', SCREEN, { id })).data
  expect(node.plugin).toEqual({ publisher: 'Acme' })
  expect(node.skills.length).toBeGreaterThan(0)
  for (const { summary, plugin } of node.skills) {
    expect(summary).toMatch(/\.$/)
    expect(plugin).toEqual({ slug: 'plain-writer', setup: { id } })
  }
})

test('a setup session sees the permission descriptions and the plugin of each skill', async () => {
  const user = { subject: 'cleo', organization: 'southwind' }
  const { token, setup } = await sessionFor(patchbay, patchbay.instance.developmentKey ?? '', user)
  const { data } = await call<Screen>(patchbay, token, SCREEN, { id: setup.id })
  expect(data.node.steps[0]?.requirement.permissions).toEqual([READ, SEND])
  expect(data.node.skills.map(({ plugin }) => plugin)).toEqual(
    data.node.skills.map(() => ({ slug: 'meeting-assistant', setup: { id: setup.id } })),
  )
})

test('seeding an older folder adds the scope descriptions, and seeding it again changes nothing', async () => {
  const { db } = patchbay.database
  const where = { slug: 'acme-mail' }
  const { providerSettings } = await db.connector.findUniqueOrThrow({ where })
  const { scopeDescriptions: _words, ...earlier } = providerSettings as { scopeDescriptions: object }
  await db.connector.update({ where, data: { providerSettings: earlier } })
  const deps = {
    db,
    notifier: SILENT,
    vault: createEnvelopeVault(createKeyRing([randomBytes(32).toString('base64')]), () => {}),
    providers: providerCatalogue,
    discover: () => Promise.reject(new Error('nothing is to be discovered')),
    allowPrivate: true,
    refusesAddress: () => false,
  }
  await seedDevelopment(deps, patchbay.sandbox.apps)
  expect(await db.connector.findUnique({ where })).toMatchObject({ providerSettings })
  const before = await db.catalogue.findMany()
  await seedDevelopment(deps, patchbay.sandbox.apps)
  expect(await db.catalogue.findMany()).toEqual(before)
})
