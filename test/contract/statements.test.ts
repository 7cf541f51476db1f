import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  SetupScreenDocument,
  SetupScreenLiveDocument,
  type SetupScreenLiveSubscription,
} from '../../src/generated/documents/graphql.js'
import { Browser } from '../support/browser.js'
import { call, sessionFor } from '../support/callers.js'
import { withoutDueWork } from '../support/connecting.js'
import { ofRequests } from '../support/own-statements.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { startSetup } from '../support/setups.js'
import { subscribe } from '../support/subscriber.js'

let patchbay: Patchbay
let setupId: string
beforeAll(async () => {
  patchbay = await startPatchbay()
  const setup = await startSetup(patchbay, 'ada', 'meeting-assistant')
  setupId = setup.id
})
afterAll(() => patchbay.close())

test('a setup query over HTTP takes one statement, including authentication', async () => {
  const statements = await patchbay.database.countStatements(async () => {
    const { data } = await patchbay.execute('ada', SetupScreenDocument.toString(), { id: setupId })
    expect(data).toMatchObject({ node: { steps: [{}, {}, {}] } })
  })
  expect(ofRequests(statements)).toHaveLength(1)
})

test('a setup query with every field that the limits allow takes one statement', async () => {
  const fields = `id revision status startedAt readyAt
    plugin { id slug name summary version publisher iconUrl }
    progress { required done needsAttention optionalDone }
    nextStep { id }
    steps {
      id position status remedy recognized missingScopes missingPermissions { scope description }
      requirement { position scopes permissions { scope description } reason optional }
      connector {
        id slug name provider iconUrl signInUrl available
        connections { id isDefault status remedy account { id label } grantedPermissions { scope description } }
      }
      connection {
        id status remedy isDefault grantedScopes grantedPermissions { scope description } connectedAt lastVerifiedAt
        account { id label } problem { code message since } setups { id plugin { id name } }
      }
      authorization {
        id status revision url scopes expiresAt failure { code message retryable hint } connection { id account { label } }
      }
    }
    skills {
      id name summary pluginVersion copiedAt ready waitingFor { id name iconUrl } plugin { id slug name publisher }
    }`
  const query = `query ($id: ID!) { viewer { id name revision organization { name } } node(id: $id) { ... on PluginSetup { ${fields} } } }`
  const statements = await patchbay.database.countStatements(async () => {
    const { data, errors } = await patchbay.execute('ada', query, { id: setupId })
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({ node: { steps: [{ requirement: { permissions: [{}, {}] } }, {}, {}] } })
  })
  expect(ofRequests(statements)).toHaveLength(1)
})

test('a query by a user who was never seen before takes one statement and writes nothing', async () => {
  const statements = await patchbay.database.countStatements(async () => {
    const { data } = await patchbay.execute('cleo', '{ viewer { id setups { id } connections { id } } }')
    expect(data).toMatchObject({ viewer: { setups: [], connections: [] } })
  })
  expect(ofRequests(statements)).toHaveLength(1)
  expect(await patchbay.database.db.user.count()).toBe(1)
})

test('a push takes one statement', async () => {
  await using screen = await subscribe<SetupScreenLiveSubscription>(
    patchbay,
    'ada',
    SetupScreenLiveDocument.toString(),
    { id: setupId },
  )
  const { data } = await screen.next()
  const before = data.setupProgress?.revision ?? 0
  // The statements of the change count too, because the sweep may push it before counting could begin.
  const statements = await patchbay.database.countStatements(async () => {
    await patchbay.database.db.$executeRaw`UPDATE "User" SET revision = revision + 1`
    await screen.until(({ setupProgress }) => setupProgress?.revision === before + 1)
  })
  expect(ofRequests(statements)).toHaveLength(2)
})

test('a callback takes three statements, each in its own round trip, and nothing more if nobody watches', async () => {
  const browser = new Browser(patchbay, 'ben')
  const { url } = await browser.authorize({ connector: 'acme-mail' })
  const callback = await browser.consent(url, { account: 'ada-work', allow: true })
  using _quiet = withoutDueWork(patchbay)
  const statements = await patchbay.database.countStatements(async () => {
    expect((await browser.deliver(callback)).status).toBe(303)
  })
  expect(
    ofRequests(statements).map((sql) => /"stateHash" =|FOR NO KEY UPDATE|WITH raised/.exec(sql)?.[0] ?? sql),
  ).toEqual(['"stateHash" =', 'FOR NO KEY UPDATE', 'WITH raised'])
})

test('when a connection was last verified and when its token expires takes one more statement', async () => {
  const query = (fields: string) => `{ viewer { connections { id ${fields} } } }`
  for (const [fields, count] of [
    ['status', 1],
    ['lastVerifiedAt accessTokenExpiresAt', 2],
  ] as const) {
    const statements = await patchbay.database.countStatements(async () => {
      const { data } = await patchbay.execute('ben', query(fields))
      expect(data).toMatchObject({ viewer: { connections: [{}] } })
    })
    expect(ofRequests(statements)).toHaveLength(count)
  }
})

test('activity and the text of skills each take one more statement', async () => {
  const statements = await patchbay.database.countStatements(async () => {
    const query =
      '{ viewer { activity(first: 5) { edges { node { kind } } } skills { edges { node { instructions } } } } }'
    const { errors } = await patchbay.execute('ada', query)
    expect(errors).toBeUndefined()
  })
  expect(ofRequests(statements)).toHaveLength(3)
})

test('a setup session’s query takes one statement, plus one every two seconds to authenticate', async () => {
  const ben = { subject: 'ben', organization: 'northwind' }
  const { token, setup } = await sessionFor(patchbay, patchbay.instance.developmentKey ?? '', ben)
  const statements = await patchbay.database.countStatements(async () => {
    for (let times = 0; times < 3; times++) {
      const { data } = await call(patchbay, token, SetupScreenDocument.toString(), { id: setup.id })
      expect(data).toMatchObject({ node: { steps: [{}, {}, {}] } })
    }
  })
  const authentications = statements.filter((sql) => sql.includes('"secondsLeft"'))
  expect(authentications.length).toBeGreaterThan(0)
  expect(ofRequests(statements)).toHaveLength(3 + authentications.length)
})

test('G14: a list of 100 plugins with everything selected takes at most 6 statements', async () => {
  for (let index = 0; index < 100; index++) {
    const slug = `bulk-${index}`
    await patchbay.database.db.plugin.create({
      data: {
        slug,
        name: `Bulk ${index}`,
        summary: 'One of many.',
        version: '1.0.0',
        manifestHash: slug,
        publishedAt: new Date(),
        requirements: {
          create: {
            connectorSlug: 'acme-mail',
            position: 1,
            scopes: ['mail.read'],
            reason: 'To read.',
            optional: false,
          },
        },
        skills: { create: { slug: 'skill', position: 0, name: 'Skill', summary: 'Skill.', instructions: 'Text' } },
      },
    })
  }
  await patchbay.database.db.catalogue.update({ where: { id: 1 }, data: { revision: { increment: 1 } } })
  const query = `{ plugins(first: 100) { pageInfo { hasNextPage } edges { cursor node {
    id slug name summary version iconUrl
    skills { id slug name summary requirements { scopes } }
    requirements { position scopes reason optional connector { id slug name available connection { id } connections { id status } } }
    setup { id status steps { id status } }
  } } } }`
  await patchbay.execute('ada', query)
  await patchbay.instance.runJobs() // by now, the effect of the changed catalogue on setups is announced
  const statements = await patchbay.database.countStatements(async () => {
    const { data, errors } = await patchbay.execute<{ plugins: { edges: unknown[] } }>('ada', query)
    expect(errors).toBeUndefined()
    expect(data.plugins.edges).toHaveLength(100)
  })
  expect(ofRequests(statements).length).toBeLessThanOrEqual(6)
})
