import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../../support/browser.js'
import { mutate } from '../../support/connecting.js'
import { connectorId, type Patchbay, pluginId, startPatchbay } from '../../support/patchbay.js'
import { screenOf, startSetup } from '../../support/setups.js'

const RESULT = `__typename ... on Error { message }`

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())

/** Each test starts with new users. Ada, Ben and Cleo are soon used up, so everything of theirs is removed. */
async function forgetEverything() {
  await patchbay.database.db.user.deleteMany()
}

describe('starting a setup', () => {
  test('copies the skills into Mine immediately, and changes nothing when it is repeated', async () => {
    await forgetEverything()
    const first = await startSetup(patchbay, 'ada', 'meeting-assistant')
    expect(first.status).toBe('IN_PROGRESS')
    expect(first.skills.map((skill) => [skill.name, skill.ready])).toEqual([
      ['Find a time', false],
      ['Send the notes', false],
      ['Send reminders', false],
    ])
    const again = await startSetup(patchbay, 'ada', 'meeting-assistant')
    expect(again).toEqual(first)
    expect(await patchbay.database.db.activity.count({ where: { kind: 'SETUP_STARTED' } })).toBe(1)
  })

  test('makes one setup and one copy of each skill when it is requested many times at once', async () => {
    await forgetEverything()
    const started = await Promise.all(
      Array.from({ length: 10 }, () => startSetup(patchbay, 'ada', 'meeting-assistant')),
    )
    expect(new Set(started.map((setup) => setup.id)).size).toBe(1)
    expect(await patchbay.database.db.setup.count()).toBe(1)
    expect(await patchbay.database.db.skillCopy.count()).toBe(3)
    expect(await patchbay.database.db.activity.count()).toBe(1)
  })

  test('makes it ready immediately if the plugin needs no app', async () => {
    await forgetEverything()
    const setup = await startSetup(patchbay, 'ada', 'plain-writer')
    expect(setup).toMatchObject({ status: 'READY', readyAt: setup.startedAt, steps: [], nextStep: null })
    expect(setup.skills).toMatchObject([{ ready: true, waitingFor: [] }])
  })

  test('is refused for an unknown plugin or another kind of id, and writes nothing', async () => {
    await forgetEverything()
    const START = `mutation ($id: ID!) { startSetup(input: { pluginId: $id }) { ${RESULT} } }`
    for (const id of [pluginId('no-such-plugin'), connectorId('acme-mail'), 'Garbage', '', 'X'.repeat(10_000)]) {
      const { data } = await patchbay.execute<{ startSetup: { __typename: string; message: string } }>('ada', START, {
        id,
      })
      expect(data.startSetup).toMatchObject({
        __typename: 'NotFoundError',
        message: expect.stringContaining('plugin doesn’t exist'),
      })
    }
    expect(await patchbay.database.db.user.count()).toBe(0)
  })
})

describe('a setup', () => {
  test('lists every required connector in order, with permissions, reason and next step', async () => {
    await forgetEverything()
    const { id } = await startSetup(patchbay, 'ada', 'meeting-assistant')
    const setup = await screenOf(patchbay, 'ada', id)
    expect(
      setup.steps.map(({ position, connector, status, remedy }) => [position, connector.slug, status, remedy]),
    ).toEqual([
      [1, 'acme-mail', 'NOT_CONNECTED', 'CONNECT'],
      [2, 'acme-calendar', 'NOT_CONNECTED', 'CONNECT'],
      [3, 'acme-chat', 'NOT_CONNECTED', 'CONNECT'],
    ])
    expect(setup.steps[0]?.requirement).toMatchObject({
      scopes: ['mail.read', 'mail.send'],
      reason: expect.stringContaining('invitations'),
    })
    expect(setup.nextStep?.connector.slug).toBe('acme-mail')
    expect(setup.progress).toEqual({ required: 3, connected: 0, done: 0, needsAttention: 0, optionalDone: 0 })
  })

  test('says for each skill separately whether it can already run', async () => {
    await forgetEverything()
    const browser = new Browser(patchbay, 'ada')
    const { id } = await startSetup(patchbay, 'ada', 'meeting-assistant')
    await browser.connect({ connector: 'acme-mail', setupId: id })
    const { skills, nextStep } = await screenOf(patchbay, 'ada', id)
    expect(skills.map(({ name, ready, waitingFor }) => [name, ready, waitingFor.map(({ slug }) => slug)])).toEqual([
      ['Find a time', false, ['acme-calendar']],
      ['Send the notes', true, []],
      ['Send reminders', false, ['acme-calendar', 'acme-chat']],
    ])
    expect(nextStep?.connector.slug).toBe('acme-calendar')
  })

  test('continues with an app that lacks permissions before one that was never connected, and counts it as connected', async () => {
    await forgetEverything()
    const browser = new Browser(patchbay, 'ada')
    const { id } = await startSetup(patchbay, 'ada', 'meeting-assistant')
    const choice = { account: 'ada-work', allow: true, untick: ['calendar.write'] }
    await browser.connect({ connector: 'acme-calendar', setupId: id }, choice)
    expect(await screenOf(patchbay, 'ada', id)).toMatchObject({
      status: 'NEEDS_ATTENTION',
      nextStep: { connector: { slug: 'acme-calendar' } },
      progress: { required: 3, connected: 1, done: 0, needsAttention: 1 },
    })
  })

  test('recognizes what another setup connected, asks only for what is missing, and leaves the other setup alone', async () => {
    await forgetEverything()
    const browser = new Browser(patchbay, 'ada')
    const first = await startSetup(patchbay, 'ada', 'meeting-assistant')
    for (const connector of ['acme-mail', 'acme-calendar']) await browser.connect({ connector, setupId: first.id })
    const second = await startSetup(patchbay, 'ada', 'inbox-helper')
    const [mail, calendar] = (await screenOf(patchbay, 'ada', second.id)).steps
    expect(mail).toMatchObject({
      status: 'MISSING_SCOPES',
      remedy: 'GRANT_SCOPES',
      missingScopes: ['mail.labels'],
      recognized: false,
    })
    expect(calendar).toMatchObject({ status: 'LIVE', remedy: null, recognized: true })

    const attempt = await browser.connect({
      connector: 'acme-mail',
      setupId: second.id,
      connectionId: mail?.connection?.id ?? '',
    })
    expect(attempt.scopes).toEqual(expect.arrayContaining(['mail.read', 'mail.send', 'mail.labels']))
    expect((await screenOf(patchbay, 'ada', second.id)).status).toBe('READY')
    const before = await screenOf(patchbay, 'ada', first.id)
    expect(before.steps[0]).toMatchObject({
      status: 'LIVE',
      recognized: false,
      connection: { id: mail?.connection?.id },
    })
  })

  test('marks an optional connector, and is ready without it', async () => {
    await forgetEverything()
    const browser = new Browser(patchbay, 'ada')
    const { id } = await startSetup(patchbay, 'ada', 'standup-writer')
    await browser.connect({ connector: 'acme-chat', setupId: id })
    const setup = await screenOf(patchbay, 'ada', id)
    expect(setup.status).toBe('READY')
    expect(setup.steps.map(({ requirement, status }) => [requirement.optional, status])).toEqual([
      [false, 'LIVE'],
      [true, 'NOT_CONNECTED'],
      [true, 'UNAVAILABLE'],
    ])
    expect(setup.nextStep?.connector.slug).toBe('acme-calendar')
    expect(setup.skills.map(({ ready }) => ready)).toEqual([true, false])
  })

  test('continues on another device with only the unfinished steps', async () => {
    await forgetEverything()
    const { id } = await startSetup(patchbay, 'ada', 'meeting-assistant')
    await new Browser(patchbay, 'ada').connect({ connector: 'acme-mail', setupId: id })
    const phone = new Browser(patchbay, 'ada')
    const resumed = await startSetup(patchbay, 'ada', 'meeting-assistant')
    expect(resumed.id).toBe(id)
    for (const connector of ['acme-calendar', 'acme-chat']) await phone.connect({ connector, setupId: id })
    expect(await screenOf(patchbay, 'ada', id)).toMatchObject({ status: 'READY', nextStep: null })
  })
})

describe('accounts', () => {
  test('a second account is added next to the first, and can be chosen for the step of one setup', async () => {
    await forgetEverything()
    const browser = new Browser(patchbay, 'ada')
    const meeting = await startSetup(patchbay, 'ada', 'meeting-assistant')
    const inbox = await startSetup(patchbay, 'ada', 'inbox-helper')
    await browser.connect({ connector: 'acme-mail' }, { account: 'ada-work', allow: true })
    await browser.connect({ connector: 'acme-mail' }, { account: 'ada-private', allow: true })
    const { data } = await patchbay.execute<{
      connector: { connections: { id: string; isDefault: boolean; account: { id: string } }[] }
    }>('ada', '{ connector(slug: "acme-mail") { connections { id isDefault account { id } } } }')
    const [work, home] = data.connector.connections
    expect([work, home]).toMatchObject([
      { isDefault: true, account: { id: 'ada-work' } },
      { isDefault: false, account: { id: 'ada-private' } },
    ])
    const CHOOSE = `mutation ($setupId: ID!, $connectionId: ID!) {
      chooseConnection(input: { setupId: $setupId, connectionId: $connectionId }) { ${RESULT} }
    }`
    const chosen = await patchbay.execute('ada', CHOOSE, { setupId: inbox.id, connectionId: home?.id })
    expect(chosen.data).toMatchObject({ chooseConnection: { __typename: 'PluginSetup' } })
    expect((await screenOf(patchbay, 'ada', inbox.id)).steps[0]?.connection?.account?.id).toBe('ada-private')
    expect((await screenOf(patchbay, 'ada', meeting.id)).steps[0]?.connection?.account?.id).toBe('ada-work')

    // A bound step doesn't fall back to another account if its own is gone.
    const GO = `mutation ($id: ID!) { disconnect(input: { connectionId: $id }) { ${RESULT} } }`
    await patchbay.execute('ada', GO, { id: home?.id })
    expect((await screenOf(patchbay, 'ada', inbox.id)).steps[0]).toMatchObject({
      status: 'NOT_CONNECTED',
      connection: null,
    })
    expect((await screenOf(patchbay, 'ada', meeting.id)).steps[0]).toMatchObject({ status: 'LIVE' })

    const foreign = await patchbay.execute('ben', CHOOSE, { setupId: inbox.id, connectionId: work?.id })
    expect(foreign.data).toMatchObject({ chooseConnection: { __typename: 'NotFoundError' } })
    const none = await startSetup(patchbay, 'ada', 'plain-writer')
    const unneeded = await patchbay.execute('ada', CHOOSE, { setupId: none.id, connectionId: work?.id })
    expect(unneeded.data).toMatchObject({ chooseConnection: { __typename: 'ConnectorNotRequiredError' } })
  })

  test('members of one organization set up their own accounts and see nothing of each other’s', async () => {
    await forgetEverything()
    const { id } = await startSetup(patchbay, 'ada', 'meeting-assistant')
    await new Browser(patchbay, 'ada').connect({ connector: 'acme-mail', setupId: id })
    const ids = `{ viewer { setups { id steps { authorization { id } } } connections { id } skills { edges { node { id } } } activity { edges { node { kind } } } } }`
    const { data } = await patchbay.execute<{
      viewer: { connections: { id: string }[]; skills: { edges: { node: { id: string } }[] } }
    }>('ada', ids)
    const connection = data.viewer.connections[0]?.id
    const copy = data.viewer.skills.edges[0]?.node.id
    const attempt = (await screenOf(patchbay, 'ada', id)).steps[0]?.authorization?.id
    for (const other of ['ben', 'cleo'] as const) {
      const own = await startSetup(patchbay, other, 'meeting-assistant')
      expect(own.id).not.toBe(id)
      expect(own.steps[0]?.status).toBe('NOT_CONNECTED')
      const nodes = await patchbay.execute(other, 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }', {
        ids: [id, connection, copy, attempt],
      })
      expect(nodes).toEqual({ data: { nodes: [null, null, null, null] } })
    }
    for (const [field, input] of [
      ['removeSetup', { setupId: id }],
      ['disconnect', { connectionId: connection }],
      ['cancelAuthorization', { authorizationId: attempt }],
      ['confirmAuthorization', { authorizationId: attempt, code: 'x' }],
      ['authorizeConnector', { connectorId: connectorId('acme-mail'), setupId: id }],
      ['authorizeConnector', { connectorId: connectorId('acme-mail'), connectionId: connection }],
    ] as const) {
      const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`
      const answer = await patchbay.execute(
        'ben',
        `mutation ($input: ${type}!) { ${field}(input: $input) { ${RESULT} } }`,
        { input },
      )
      expect(answer.data, field).toMatchObject({ [field]: { __typename: 'NotFoundError' } })
    }
    expect((await screenOf(patchbay, 'ada', id)).steps[0]?.status).toBe('LIVE')
  })
})

describe('removing a setup', () => {
  const REMOVE = `mutation ($input: RemoveSetupInput!) { removeSetup(input: $input) { ${RESULT} } }`

  test('keeps the skill copies and the connections, and starting it again adopts the copies', async () => {
    await forgetEverything()
    const { id } = await startSetup(patchbay, 'ada', 'meeting-assistant')
    await new Browser(patchbay, 'ada').connect({ connector: 'acme-mail', setupId: id })
    const copies = (await screenOf(patchbay, 'ada', id)).skills.map((skill) => skill.id)
    await patchbay.execute('ada', REMOVE, { input: { setupId: id } })
    const { data } = await patchbay.execute<{ viewer: { skills: { edges: { node: { id: string } }[] } } }>(
      'ada',
      '{ viewer { setups { id } connections { status } skills { edges { node { id ready } } } } }',
    )
    expect(data.viewer).toMatchObject({ setups: [], connections: [{ status: 'LIVE' }] })
    expect(data.viewer.skills.edges.map(({ node }) => node.id)).toEqual(copies)
    const again = await startSetup(patchbay, 'ada', 'meeting-assistant')
    expect(again.skills.map((skill) => skill.id)).toEqual(copies)
    expect(again.steps[0]).toMatchObject({ status: 'LIVE', recognized: true })
  })

  test('deletes the skill copies on request', async () => {
    await forgetEverything()
    const { id } = await startSetup(patchbay, 'ada', 'plain-writer')
    await patchbay.execute('ada', REMOVE, { input: { setupId: id, keepSkills: false } })
    expect(await patchbay.database.db.skillCopy.count()).toBe(0)
  })
})

describe('the authorization that a step shows', () => {
  test('is the newest one, so an older open authorization does not hide a denial', async () => {
    await forgetEverything()
    const browser = new Browser(patchbay, 'ada')
    const { id } = await startSetup(patchbay, 'ada', 'inbox-helper')
    await browser.authorize({ connector: 'acme-mail', setupId: id })
    const newer = await browser.connect({ connector: 'acme-mail', setupId: id }, { account: 'ada-work', allow: false })
    const [step] = (await screenOf(patchbay, 'ada', id)).steps
    expect(step).toMatchObject({
      status: 'NOT_CONNECTED',
      remedy: 'CONNECT',
      authorization: { id: newer.id, status: 'DENIED' },
    })
  })

  const denying = { account: 'ada-work', allow: false }
  const firstStep = async (id: string) => (await screenOf(patchbay, 'ada', id)).steps[0]

  test('is no denial from before the last one was canceled', async () => {
    await forgetEverything()
    const browser = new Browser(patchbay, 'ada')
    const { id } = await startSetup(patchbay, 'ada', 'inbox-helper')
    await browser.connect({ connector: 'acme-mail', setupId: id }, denying)
    expect((await firstStep(id))?.authorization?.status).toBe('DENIED')
    const later = await browser.authorize({ connector: 'acme-mail', setupId: id })
    expect((await firstStep(id))?.authorization?.status).toBe('PENDING')
    await mutate(patchbay, 'ada', 'cancelAuthorization', { authorizationId: later.id })
    expect(await firstStep(id)).toMatchObject({ status: 'NOT_CONNECTED', authorization: null })
  })

  test('is no denial from before the setup was started, or started again', async () => {
    await forgetEverything()
    const browser = new Browser(patchbay, 'ada')
    await browser.connect({ connector: 'acme-mail' }, denying)
    const { id } = await startSetup(patchbay, 'ada', 'inbox-helper')
    expect((await firstStep(id))?.authorization).toBeNull()
    await browser.connect({ connector: 'acme-mail', setupId: id }, denying)
    expect((await firstStep(id))?.authorization?.status).toBe('DENIED')
    await mutate(patchbay, 'ada', 'removeSetup', { setupId: id, keepSkills: true })
    const again = await startSetup(patchbay, 'ada', 'inbox-helper')
    expect((await firstStep(again.id))?.authorization).toBeNull()
  })

  test('is no denial from before the connection broke', async () => {
    await forgetEverything()
    const browser = new Browser(patchbay, 'ada')
    const { id } = await startSetup(patchbay, 'ada', 'inbox-helper')
    await browser.connect({ connector: 'acme-mail', setupId: id })
    await browser.connect({ connector: 'acme-mail', setupId: id }, denying)
    expect((await firstStep(id))?.authorization?.status).toBe('DENIED')
    const problem = { status: 'BROKEN', problemCode: 'ACCESS_REVOKED', problemSince: new Date() } as const
    await patchbay.database.db.connection.updateMany({ data: problem })
    await patchbay.database.db.user.updateMany({ data: { revision: { increment: 1 } } })
    expect(await firstStep(id)).toMatchObject({ status: 'BROKEN', authorization: null })
    await browser.connect({ connector: 'acme-mail', setupId: id }, denying)
    expect(await firstStep(id)).toMatchObject({ status: 'BROKEN', authorization: { status: 'DENIED' } })
  })

  test('is a later success instead of an earlier failure, and none once its connection is gone', async () => {
    await forgetEverything()
    const browser = new Browser(patchbay, 'ada')
    const { id } = await startSetup(patchbay, 'ada', 'inbox-helper')
    await browser.connect({ connector: 'acme-mail', setupId: id }, { account: 'ada-work', allow: false })
    await browser.connect({ connector: 'acme-mail' })
    const [step] = (await screenOf(patchbay, 'ada', id)).steps
    expect(step?.authorization?.status).toBe('SUCCEEDED')
    await patchbay.database.db.connection.deleteMany()
    await patchbay.database.db.user.updateMany({ data: { revision: { increment: 1 } } })
    expect((await screenOf(patchbay, 'ada', id)).steps[0]?.authorization).toBeNull()
  })
})
