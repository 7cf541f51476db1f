import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { InvalidInputError } from '../../src/domain/errors.js'
import { parseManifest } from '../../src/domain/publishing/manifest.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { FUZZING, fuzz, UNLIMITED } from './fuzz.js'
import { changed } from './values.js'

const PUBLISH = 'mutation ($input: PublishPluginInput!) { publishPlugin(input: $input) { __typename } }'
const CONFIGURE = 'mutation ($input: ConfigureConnectorInput!) { configureConnector(input: $input) { __typename } }'

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay(UNLIMITED)
})
afterAll(() => patchbay.close())

async function expectAnswer(query: string, input: object): Promise<void> {
  const response = await patchbay.request('ada', query, { input })
  expect(response.status).toBeLessThan(500)
  expect(await response.text()).not.toContain('INTERNAL_SERVER_ERROR')
}

const CONNECTORS = new Set(['acme-mail', 'acme-calendar', 'acme-chat'])

/** Whether it is refused with its faults. */
function isRefused(manifest: unknown): boolean {
  try {
    parseManifest(manifest, CONNECTORS)
    return false
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError)
    return true
  }
}

test('G23: no manifest causes an internal error', FUZZING, async () => {
  const manifest: unknown = JSON.parse(await readFile('prisma/seed/meeting-assistant.json', 'utf8'))
  await fuzz('manifests', changed(manifest), async (broken) => {
    if (isRefused(broken)) return
    await expectAnswer(PUBLISH, { manifest: broken })
  })
})

test('G23: no description of a connector causes an internal error', FUZZING, async () => {
  const connector = {
    slug: 'fuzzed',
    name: 'Fuzzed',
    credentials: { clientId: 'id', clientSecret: 'secret' },
    oauth2: {
      authorizationUrl: 'http://127.0.0.1:1/authorize',
      tokenUrl: 'http://127.0.0.1:1/token',
      revocationUrl: 'http://127.0.0.1:1/revoke',
      issuer: 'http://127.0.0.1:1',
      scopeSeparator: ' ',
      authorizationParameters: { prompt: 'consent' },
      identityScopes: ['openid'],
      identity: { url: 'http://127.0.0.1:1/me', idPath: 'sub', labelPaths: ['email'] },
      scopeAliases: { a: 'b' },
      scopeDescriptions: { openid: 'See who you are' },
    },
  }
  const providers = changed(connector.oauth2)
  await fuzz('connectors', providers, (oauth2) => expectAnswer(CONFIGURE, { ...connector, oauth2 }))
})
