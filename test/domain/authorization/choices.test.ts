import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser } from '../../support/browser.js'
import { keyFor, mutateAs } from '../../support/callers.js'
import {
  answerWith,
  choicesOn,
  chooseAccount,
  configureSites,
  consentToSites,
  pressChoice,
  revokedAt,
  SITES,
} from '../../support/choosing.js'
import {
  attemptOf,
  connectionsOf,
  mutate,
  passDeadline,
  rowId,
  startAfresh,
  withoutDueWork,
} from '../../support/connecting.js'
import { type HostileServer, startHostileServer } from '../../support/hostile-server.js'
import { ofRequests } from '../../support/own-statements.js'
import { connectorId, type Patchbay, startPatchbay } from '../../support/patchbay.js'

const RETURN_TO = 'https://app.example/connected?tab=apps'
let patchbay: Patchbay
let app: HostileServer
let runtime: string

beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_LOG_LEVEL: 'trace', PATCHBAY_RETURN_ORIGINS: 'https://app.example' })
  app = await startHostileServer()
  runtime = (await keyFor(patchbay, 'tokens:issue', 'users:delete')).key
})
beforeEach(async () => {
  await startAfresh(patchbay)
  await configureSites(patchbay, app)
  answerWith(app)
  app.requests.length = 0
})
afterAll(async () => {
  await patchbay.close()
  await app[Symbol.asyncDispose]()
})

const exchanges = () => app.requests.filter(({ path }) => path === '/token').length
const accounts = async () => (await connectionsOf(patchbay, 'ada')).map(({ account }) => account?.id)

/** Connects one site, without any other to choose from. */
async function connectSite(id: string, token = `token-${id}`) {
  answerWith(app, { sites: SITES.filter((site) => site.id === id), token })
  const { seen } = await consentToSites(patchbay)
  answerWith(app)
  return seen.connection?.id ?? ''
}

async function choicesIn(authorizationId: string) {
  const query = 'query ($id: ID!) { node(id: $id) { ... on Authorization { status choices { choiceId label } } } }'
  return (await patchbay.execute<{ node: object }>('ada', query, { id: authorizationId })).data.node
}

async function issued() {
  const user = { subject: 'ada', organization: 'northwind' }
  const selection = '... on IssuedAccessToken { accessToken metadata account { id label } }'
  return mutateAs(patchbay, runtime, 'issueAccessToken', { user, connectorId: connectorId('sites') }, selection)
}

describe('what is asked', () => {
  test('with several sites, the person chooses one, and gets its connection and its values', async () => {
    const consented = await consentToSites(patchbay)
    expect(consented.response.headers.get('location')).toBe(new URL(consented.page).pathname)
    expect(consented.seen).toMatchObject({ status: 'AWAITING_CHOICE', connection: null, failure: null })
    expect(await connectionsOf(patchbay, 'ada')).toEqual([])
    const choices = [
      { choiceId: 'S1', label: 'Northwind' },
      { choiceId: 'S2', label: 'Contoso' },
    ]
    expect(await choicesIn(consented.attempt.id)).toEqual({ status: 'AWAITING_CHOICE', choices })

    const chosen = await pressChoice(consented, 'S2')
    expect(chosen.headers.get('location')).toBe(`${new URL(consented.page).pathname}/result`)
    expect(await attemptOf(patchbay, 'ada', consented.attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
    expect(await issued()).toMatchObject({
      accessToken: 'an-access-token',
      metadata: { siteId: 'S2', siteName: 'Contoso' },
      account: { id: 'S2/U1', label: 'U1@app.example · Contoso' },
    })
    expect(exchanges()).toBe(1)
    expect(await choicesIn(consented.attempt.id)).toEqual({ status: 'SUCCEEDED', choices: null })
    expect(await patchbay.database.db.authorizationTokens.count()).toBe(0)
    await patchbay.instance.runJobs()
    expect(revokedAt(app)).toEqual([])
  })

  test('a single site is taken without asking', async () => {
    answerWith(app, { sites: SITES.slice(0, 1) })
    const { seen, response } = await consentToSites(patchbay)
    expect(seen).toMatchObject({ status: 'SUCCEEDED', connection: { account: { id: 'S1/U1' } } })
    expect(response.headers.get('location')).toMatch(/\/result$/)
  })

  test('without any site, the authorization fails, says so, and the tokens are revoked', async () => {
    answerWith(app, { sites: [] })
    const { seen } = await consentToSites(patchbay)
    expect(seen).toMatchObject({ status: 'FAILED', failure: { code: 'NOTHING_TO_CHOOSE', retryable: true } })
    await patchbay.instance.runJobs()
    expect(revokedAt(app)).toEqual(['refresh-an-access-token'])
  })

  test('reconnecting takes the site of the connection without asking', async () => {
    const connectionId = await connectSite('S2')
    answerWith(app, { token: 'a-second-token' })
    const { seen } = await consentToSites(patchbay, { connectionId })
    expect(seen).toMatchObject({ status: 'SUCCEEDED', connection: { id: connectionId, account: { id: 'S2/U1' } } })
  })

  test('reconnecting fails if none of the sites is the connection’s, without asking', async () => {
    const connectionId = await connectSite('S2')
    answerWith(app, { account: 'U2' })
    const { seen } = await consentToSites(patchbay, { connectionId })
    expect(seen).toMatchObject({ status: 'FAILED', failure: { code: 'ACCOUNT_MISMATCH' } })
    expect(await accounts()).toEqual(['S2/U1'])
  })

  test('reconnecting asks which site, if the connection is from before there was a choice', async () => {
    const connectionId = await connectSite('S1')
    const where = { id: rowId(connectionId) }
    await patchbay.database.db.connection.update({ where, data: { accountId: 'U1', accountIdFrom: 'sub' } })
    await patchbay.database.db.$executeRaw`UPDATE "User" SET revision = revision + 1`
    const consented = await consentToSites(patchbay, { connectionId })
    expect(consented.seen.status).toBe('AWAITING_CHOICE')
    await pressChoice(consented, 'S2')
    expect(await attemptOf(patchbay, 'ada', consented.attempt.id)).toMatchObject({ connection: { id: connectionId } })
    expect(await accounts()).toEqual(['S2/U1'])
  })

  test('choosing a site that is connected already repairs its connection', async () => {
    const connectionId = await connectSite('S1')
    const consented = await consentToSites(patchbay)
    await pressChoice(consented, 'S1')
    expect(await attemptOf(patchbay, 'ada', consented.attempt.id)).toMatchObject({ connection: { id: connectionId } })
  })

  test('a choice counts the time that the person took for the lifetime of the token', async () => {
    const consented = await consentToSites(patchbay)
    await patchbay.database.db.$executeRaw`
      UPDATE "Authorization" SET "exchangeStartedAt" = "exchangeStartedAt" - interval '500 seconds'`
    const before = Date.now()
    await pressChoice(consented, 'S1')
    const [connection] = await connectionsOf(patchbay, 'ada')
    const leftSeconds = (new Date(connection?.accessTokenExpiresAt ?? 0).getTime() - before) / 1000
    expect(leftSeconds).toBeGreaterThan(2_900)
    expect(leftSeconds).toBeLessThan(3_150)
  })
})

describe('nothing is lost or used twice', () => {
  test('of choices made at the same moment, one wins, and the others find that the authorization has ended', async () => {
    const consented = await consentToSites(patchbay)
    const ids = Array.from({ length: 8 }, (_, index) => (index % 2 ? 'S1' : 'S2'))
    const results = await Promise.all(ids.map((id) => chooseAccount(patchbay, 'ada', consented.attempt.id, id)))
    const won = results.flatMap(({ __typename }, index) => (__typename === 'Authorization' ? ids[index] : []))
    expect(won).toHaveLength(1)
    expect(new Set(results.map(({ __typename }) => __typename))).toEqual(
      new Set(['Authorization', 'AuthorizationEndedError']),
    )
    expect(await accounts()).toEqual([`${won[0]}/U1`])
    await patchbay.instance.runJobs()
    expect([exchanges(), revokedAt(app)]).toEqual([1, []])
  })

  test.each([
    [
      'canceled',
      'CANCELED',
      ({ attempt }: { attempt: { id: string } }) =>
        mutate(patchbay, 'ada', 'cancelAuthorization', { authorizationId: attempt.id }),
    ],
    [
      'left until its deadline',
      'EXPIRED',
      async ({ attempt }: { attempt: { id: string } }) => {
        await passDeadline(patchbay, attempt.id)
        await patchbay.instance.runJobs()
      },
    ],
    ['superseded by another tab', 'SUPERSEDED', () => connectSite('S1')],
  ])('an authorization that is %s while it awaits the choice has its tokens revoked', async (_name, status, leave) => {
    await configureSites(patchbay, app, { revocationEndsGrant: false })
    const consented = await consentToSites(patchbay)
    await leave(consented)
    const before = await accounts()
    expect(await attemptOf(patchbay, 'ada', consented.attempt.id)).toMatchObject({ status })
    expect(await chooseAccount(patchbay, 'ada', consented.attempt.id, 'S2')).toMatchObject({
      __typename: 'AuthorizationEndedError',
    })
    await patchbay.instance.runJobs()
    await expect.poll(() => revokedAt(app)).toEqual(['refresh-an-access-token'])
    expect(await accounts()).toEqual(before)
    const { db } = patchbay.database
    expect([await db.authorizationSecret.count(), await db.authorizationTokens.count()]).toEqual([0, 0])
  })

  test('the tokens of a user who is deleted while an authorization awaits the choice are revoked', async () => {
    const consented = await consentToSites(patchbay)
    await mutateAs(patchbay, runtime, 'deleteUser', { user: { subject: 'ada', organization: 'northwind' } })
    const page = await pressChoice(consented, 'S1')
    expect(page.status).toBe(404)
    await patchbay.instance.runJobs()
    await expect.poll(() => revokedAt(app)).toEqual(['refresh-an-access-token'])
  })

  test('a choice after the deadline connects nothing, even before a job ends the authorization', async () => {
    const consented = await consentToSites(patchbay)
    using _paused = withoutDueWork(patchbay)
    await passDeadline(patchbay, consented.attempt.id)
    const late = await chooseAccount(patchbay, 'ada', consented.attempt.id, 'S1')
    expect(late).toMatchObject({ __typename: 'AuthorizationEndedError', message: expect.stringContaining('EXPIRED') })
    expect(await attemptOf(patchbay, 'ada', consented.attempt.id)).toMatchObject({
      failure: { code: 'NOTHING_CHOSEN' },
    })
    expect(await connectionsOf(patchbay, 'ada')).toEqual([])
    expect(await patchbay.database.db.revocation.count()).toBe(1)
  })

  test('tokens and choices are stored only as ciphertext while an authorization awaits the choice', async () => {
    answerWith(app, { token: 'canary-token', account: 'canary-account' })
    const consented = await consentToSites(patchbay)
    const { db } = patchbay.database
    const rows = await db.$queryRaw<{ row: string }[]>`
      SELECT to_jsonb(t)::text AS row FROM "AuthorizationSecret" t
      UNION ALL SELECT (to_jsonb(t) - 'accountId')::text FROM "AuthorizationTokens" t
      UNION ALL SELECT to_jsonb(t)::text FROM "Authorization" t`
    expect(rows.length).toBe(3)
    const stored = rows.map(({ row }) => row).join()
    for (const secret of ['canary', 'Northwind']) {
      expect(stored).not.toContain(secret)
      expect(stored).not.toContain(Buffer.from(secret).toString('hex'))
    }
    const from = patchbay.logged.length
    await pressChoice(consented, 'S9')
    await pressChoice(consented, 'S1')
    const logged = patchbay.logged.slice(from).join()
    expect(logged).toContain('"route":"choice"')
    for (const secret of ['canary', 'Northwind', 'S1', 'S9']) expect(logged).not.toContain(secret)
  })

  test('disconnecting one site keeps the grant as long as another site of the same person is connected', async () => {
    const first = await connectSite('S1')
    const second = await connectSite('S2')
    await mutate(patchbay, 'ada', 'disconnect', { connectionId: first })
    await patchbay.instance.runJobs()
    await expect.poll(() => patchbay.database.db.revocation.count()).toBe(0)
    expect(revokedAt(app)).toEqual([])
    await mutate(patchbay, 'ada', 'disconnect', { connectionId: second })
    await patchbay.instance.runJobs()
    await expect.poll(() => revokedAt(app)).toEqual(['refresh-token-S2'])
  })
})

test('choices take one more statement, and none unless they are selected and awaited', async () => {
  const { attempt, browser } = await consentToSites(patchbay)
  using _paused = withoutDueWork(patchbay)
  const query = (fields: string) => `query ($id: ID!) { node(id: $id) { ... on Authorization { ${fields} } } }`
  const countOf = async (fields: string) => {
    const statements = await patchbay.database.countStatements(async () => {
      const { errors } = await patchbay.execute('ada', query(fields), { id: attempt.id })
      expect(errors).toBeUndefined()
    })
    return ofRequests(statements).length
  }
  expect([await countOf('status'), await countOf('choices { label }')]).toEqual([1, 2])
  await pressChoice({ browser, attempt }, 'S1')
  expect(await countOf('choices { label }')).toBe(1)
})

describe('who may choose', () => {
  test('the API refuses a choice that isn’t offered, and other users', async () => {
    const { attempt } = await consentToSites(patchbay)
    expect(await chooseAccount(patchbay, 'ada', attempt.id, 'S9')).toMatchObject({ __typename: 'UnknownChoiceError' })
    expect(await chooseAccount(patchbay, 'cleo', attempt.id, 'S1')).toMatchObject({ __typename: 'NotFoundError' })
    expect(await chooseAccount(patchbay, 'ada', attempt.id, 'S1')).toMatchObject({ status: 'SUCCEEDED' })
  })

  test('an authorization that awaits something else can’t be chosen for', async () => {
    const attempt = await new Browser(patchbay, 'ada').authorize({ connector: 'sites' })
    expect(await chooseAccount(patchbay, 'ada', attempt.id, 'S1')).toMatchObject({
      __typename: 'AuthorizationEndedError',
    })
  })

  test('CONFIRM: the confirmation leads to the choice, which only the signed-in user can make', async () => {
    const input = { binding: 'CONFIRM', returnTo: RETURN_TO } as const
    const { attempt, response, browser } = await consentToSites(patchbay, input)
    const back = new URL(response.headers.get('location') ?? '')
    const code = back.searchParams.get('patchbay_confirmation')
    const selection = '... on Authorization { status choices { choiceId } }'
    const confirm = () =>
      mutate(patchbay, 'ada', 'confirmAuthorization', { authorizationId: attempt.id, code }, selection)
    const awaiting = { status: 'AWAITING_CHOICE', choices: [{ choiceId: 'S1' }, { choiceId: 'S2' }] }
    expect(await confirm()).toMatchObject(awaiting)
    expect(await confirm()).toMatchObject(awaiting)
    expect(exchanges()).toBe(1)

    for (const page of [await browser.person.open(attempt.url), await pressChoice({ browser, attempt }, 'S1')]) {
      const text = await page.text()
      expect([page.status, choicesOn(text)]).toEqual([200, []])
      expect(text).toContain('Continue in your application')
    }
    expect(await chooseAccount(patchbay, 'ada', attempt.id, 'S2')).toMatchObject({
      status: 'SUCCEEDED',
      connection: { account: { id: 'S2/U1' } },
    })
  })
})
