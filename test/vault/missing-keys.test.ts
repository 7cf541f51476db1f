import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findAuthorization } from '../../src/domain/authorization/authorization-record.js'
import { openSecret, sealSecret } from '../../src/domain/credential/authorization-secret.js'
import { openTokens, sealTokens } from '../../src/domain/credential/tokens.js'
import { VaultError } from '../../src/domain/ports/vault.js'
import { Browser } from '../support/browser.js'
import { pressChoice } from '../support/choosing.js'
import {
  attemptOf,
  connectionsOf,
  countersOf,
  mutate,
  rowId,
  script,
  sealedTokens,
  startAfresh,
  withoutDueWork,
} from '../support/connecting.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { scrape } from '../support/scrape.js'
import { newKey, vaultOf } from '../support/sealed-records.js'
import { createSwitchedKeys } from '../support/switched-keys.js'

const KEY = newKey()
const keys = createSwitchedKeys()
const vault = vaultOf(KEY)
const mail = { connector: 'acme-mail' }
const work = { account: 'ada-work', allow: true }
const RETURN_TO = 'https://app.example/back'

let patchbay: Patchbay
let browser: Browser
beforeAll(async () => {
  const env = { PATCHBAY_KEYS: KEY, PATCHBAY_RETURN_ORIGINS: 'https://app.example' }
  patchbay = await startPatchbay(env, { keyService: keys.over })
})
beforeEach(async () => {
  keys.heal()
  await startAfresh(patchbay)
  browser = new Browser(patchbay, 'ada')
})
afterAll(() => patchbay.close())

const FAULTS: [string, () => Error][] = [
  ['the key is unknown', () => new VaultError('UNKNOWN_KEY', { keyId: 'lost' })],
  ['the key service is down', () => new Error('connect ECONNREFUSED')],
]

const stored = () =>
  Promise.all([
    patchbay.database.db.authorization.findMany(),
    patchbay.database.db.authorizationSecret.findMany(),
    patchbay.database.db.connection.findMany(),
    patchbay.database.db.connectionToken.findMany(),
    patchbay.database.db.activity.findMany(),
    patchbay.database.db.user.findMany(),
  ])

/** What the work must leave behind: nothing. */
async function changesNothing<T>(work: () => Promise<T>): Promise<T> {
  const before = await stored()
  const result = await work()
  expect(await stored()).toEqual(before)
  return result
}

describe.each(FAULTS)('T4: while %s', (_fault, fault) => {
  test('starting an authorization fails and changes nothing, and works afterward', async () => {
    await browser.authorize(mail)
    keys.wrapFails = fault()
    await changesNothing(() => expect(browser.authorize(mail)).rejects.toThrow(/Try again/))
    keys.heal()
    expect(await browser.authorize(mail)).toMatchObject({ __typename: 'Authorization' })
  })

  test('the start page asks to be loaded again and changes nothing, and works afterward', async () => {
    const attempt = await browser.authorize(mail)
    keys.unwrapFails = fault()
    const page = await changesNothing(() => browser.person.open(attempt.url))
    expect(page.status).toBe(503)
    expect(await page.text()).toContain('Reload this page')
    keys.heal()
    await browser.deliver(await browser.consent(attempt.url, work))
    expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  test('a callback fails and consumes nothing, and succeeds afterward', async () => {
    const attempt = await browser.authorize(mail)
    const callback = await browser.consent(attempt.url, work)
    keys.unwrapFails = fault()
    const page = await changesNothing(() => browser.deliver(callback))
    expect(page.status).toBe(503)
    expect((await countersOf(patchbay)).tokenRequests).toBe(0)
    keys.heal()
    expect((await browser.deliver(callback)).status).toBe(303)
    expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  test('a callback with CONFIRM and its confirmation fail and consume nothing, and succeed afterward', async () => {
    const attempt = await browser.authorize({ ...mail, binding: 'CONFIRM', returnTo: RETURN_TO })
    const callback = await browser.consent(attempt.url, work)
    keys.wrapFails = fault()
    expect((await changesNothing(() => browser.deliver(callback))).status).toBe(503)
    keys.heal()
    const back = new URL((await browser.deliver(callback)).headers.get('location') ?? '')
    const code = back.searchParams.get('confirmation') ?? ''
    keys.unwrapFails = fault()
    const confirm = () => mutate(patchbay, 'ada', 'confirmAuthorization', { authorizationId: attempt.id, code })
    await changesNothing(() => expect(confirm()).rejects.toThrow(/Try again/))
    keys.heal()
    expect(await confirm()).toMatchObject({ __typename: 'Authorization' })
    expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  test('a choice fails and changes nothing, and can be made afterward', async () => {
    const variables = [{ name: 'workspace', value: 'northwind' }]
    await script(patchbay, { sites: 2 }, 'acme-desk')
    const attempt = await browser.authorize({ connector: 'acme-desk', variables })
    await browser.deliver(await browser.consent(attempt.url, work))
    keys.unwrapFails = keys.wrapFails = fault()
    for (const visit of [() => browser.person.open(attempt.url), () => pressChoice({ browser, attempt }, 'site-1')]) {
      expect((await changesNothing(visit)).status).toBe(503)
    }
    keys.heal()
    expect((await pressChoice({ browser, attempt }, 'site-1')).status).toBe(303)
    expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  test('tokens that cannot be stored are revoked immediately, and the authorization ends as retryable', async () => {
    const attempt = await browser.authorize(mail)
    const callback = await browser.consent(attempt.url, work)
    keys.wrapFails = fault()
    expect((await browser.deliver(callback)).status).toBe(303)
    const failed = { status: 'FAILED', failure: { code: 'INTERRUPTED', retryable: true } }
    expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject(failed)
    expect(await countersOf(patchbay)).toMatchObject({ codeExchanges: 1, revocations: 1 })
    const { db } = patchbay.database
    expect([await db.connection.count(), await db.authorizationSecret.count()]).toEqual([0, 0])
  })

  test('a connection keeps its tokens if the new ones cannot be stored', async () => {
    await browser.connect(mail, work)
    const [connection] = await connectionsOf(patchbay, 'ada')
    const connectionId = connection?.id ?? ''
    const before = await sealedTokens(patchbay, connectionId)
    const callback = await browser.consent((await browser.authorize({ ...mail, connectionId })).url, work)
    keys.wrapFails = fault()
    await browser.deliver(callback)
    expect(await countersOf(patchbay)).toMatchObject({ codeExchanges: 2, revocations: 0 }) // it would end the grant of both
    expect(await connectionsOf(patchbay, 'ada')).toEqual([connection])
    expect(await sealedTokens(patchbay, connectionId)).toBe(before)
    keys.heal()
    await browser.connect({ ...mail, connectionId }, work)
    expect(await sealedTokens(patchbay, connectionId)).not.toBe(before)
  })

  test('a due revocation waits without using up its tries, and is carried out afterward', async () => {
    const { db } = patchbay.database
    await browser.connect(mail, work)
    const [connection] = await connectionsOf(patchbay, 'ada')
    keys.unwrapFails = fault()
    await mutate(patchbay, 'ada', 'disconnect', { connectionId: connection?.id ?? '' })
    const before = (await countersOf(patchbay)).revocations
    for (let round = 0; round < 15; round++) {
      await db.$executeRaw`UPDATE "Revocation" SET "dueAt" = now() - interval '1 second'`
      await patchbay.instance.runJobs()
    }
    expect(keys.failed).toBeGreaterThanOrEqual(15)
    expect(await db.revocation.findMany()).toMatchObject([{ attempts: 0 }])
    const [waiting] = await db.$queryRaw<{ seconds: number }[]>`
      SELECT extract(epoch FROM "dueAt" - now())::float AS seconds FROM "Revocation"`
    expect(waiting?.seconds).toBeGreaterThan(60)
    keys.heal()
    await db.$executeRaw`UPDATE "Revocation" SET "dueAt" = now() - interval '1 second'`
    await patchbay.instance.runJobs()
    expect(await db.revocation.count()).toBe(0)
    expect((await countersOf(patchbay)).revocations).toBe(before + 1)
  })

  test('connections remain LIVE, and the operator is alerted without a secret', async () => {
    await browser.connect(mail, work)
    const attempt = await browser.authorize(mail)
    keys.unwrapFails = fault()
    await browser.person.open(attempt.url)
    await patchbay.instance.runJobs()
    expect(await connectionsOf(patchbay, 'ada')).toMatchObject([{ status: 'LIVE' }])
    const { text } = await scrape(patchbay)
    expect(text).toMatch(/^patchbay_vault_failures_total\{code="(UNKNOWN_KEY|KEY_SERVICE_UNAVAILABLE)"\} [1-9]/m)
    expect(patchbay.logged.join('')).toContain('a secret could not be sealed or opened')
    expect(patchbay.logged.join('')).not.toContain(KEY)
  })
})

test('T4: a revocation whose key is lost does not delay other revocations', async () => {
  const { db } = patchbay.database
  const owner = { organization: 'northwind', userId: crypto.randomUUID(), recordId: crypto.randomUUID() }
  const sealed = await sealTokens(vaultOf(newKey()), owner, { accessToken: 'access', refreshToken: null })
  const longAgo = new Date(0)
  await db.revocation.create({
    data: { ...owner, connectorSlug: 'acme-mail', sealed, createdAt: longAgo, dueAt: longAgo },
  })
  await browser.connect(mail, work)
  const [connection] = await connectionsOf(patchbay, 'ada')
  const before = (await countersOf(patchbay)).revocations
  await mutate(patchbay, 'ada', 'disconnect', { connectionId: connection?.id ?? '' })
  await patchbay.instance.runJobs()
  expect((await countersOf(patchbay)).revocations).toBe(before + 1)
  expect(await db.revocation.findMany()).toMatchObject([{ recordId: owner.recordId, attempts: 0 }])
})

/** Seals what an authorization remembers with a key that no one has, and leaves all other secrets unchanged. */
async function loseKeyOf(authorizationId: string): Promise<{ giveBack(): Promise<unknown> }> {
  const { db, sql } = patchbay.database
  const attempt = await findAuthorization(sql, rowId(authorizationId))
  if (!attempt?.secret) throw new Error('the attempt has no secret to lose')
  const sealed = new Uint8Array(attempt.secret.sealed)
  const secret = await openSecret(vault, attempt, sealed)
  if (!secret) throw new Error('the attempt’s secret is damaged')
  const where = { authorizationId: attempt.id }
  await db.authorizationSecret.update({ where, data: { sealed: await sealSecret(vaultOf(newKey()), attempt, secret) } })
  return { giveBack: () => db.authorizationSecret.update({ where, data: { sealed } }) }
}

describe('T4: if only the key of an authorization’s secret is missing, the authorization waits for it', () => {
  test('before its consent screen', async () => {
    const attempt = await browser.authorize(mail)
    const key = await loseKeyOf(attempt.id)
    expect((await changesNothing(() => browser.person.open(attempt.url))).status).toBe(503)
    await key.giveBack()
    await browser.deliver(await browser.consent(attempt.url, work))
    expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  test('at its callback', async () => {
    const attempt = await browser.authorize(mail)
    const callback = await browser.consent(attempt.url, work)
    const key = await loseKeyOf(attempt.id)
    expect((await changesNothing(() => browser.deliver(callback))).status).toBe(503)
    await key.giveBack()
    await browser.deliver(callback)
    expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  test('before it is confirmed', async () => {
    const attempt = await browser.authorize({ ...mail, binding: 'CONFIRM', returnTo: RETURN_TO })
    const back = await browser.deliver(await browser.consent(attempt.url, work))
    const code = new URL(back.headers.get('location') ?? '').searchParams.get('confirmation') ?? ''
    const confirm = () => mutate(patchbay, 'ada', 'confirmAuthorization', { authorizationId: attempt.id, code })
    const key = await loseKeyOf(attempt.id)
    await changesNothing(() => expect(confirm()).rejects.toThrow(/Try again/))
    await key.giveBack()
    await confirm()
    expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
  })
})

/** Swaps the sealed bytes of two rows in the database. */
const swap = ({ database }: Patchbay, table: string, key: string, type: string, [one, other]: [string, string]) =>
  database.db.$executeRawUnsafe(
    `UPDATE "${table}" AS mine SET sealed = theirs.sealed FROM "${table}" AS theirs
     WHERE (mine."${key}", theirs."${key}") IN (($1::${type}, $2::${type}), ($2::${type}, $1::${type}))`,
    one,
    other,
  )

describe('T1: sealed bytes that are swapped in the database do not open', () => {
  test('swapped tokens of two users are neither used nor sent anywhere', async () => {
    using _still = withoutDueWork(patchbay)
    const ben = new Browser(patchbay, 'ben')
    await browser.connect(mail, work)
    await ben.connect(mail, { ...work, account: 'ada-private' })
    const ids = [...(await connectionsOf(patchbay, 'ada')), ...(await connectionsOf(patchbay, 'ben'))].map(
      ({ id }) => id,
    )
    const [hers = '', his = ''] = ids
    await swap(patchbay, 'ConnectionToken', 'connectionId', 'uuid', [rowId(hers), rowId(his)])
    const before = (await countersOf(patchbay)).revocations
    for (const [person, connectionId] of [
      ['ada', hers],
      ['ben', his],
    ] as const) {
      await mutate(patchbay, person, 'disconnect', { connectionId })
    }
    for (const row of await patchbay.database.db.revocation.findMany()) {
      await expect(openTokens(vault, row, row.sealed)).rejects.toMatchObject({ code: 'DAMAGED', retryable: false })
    }
    _still[Symbol.dispose]()
    await patchbay.instance.runJobs()
    expect(await patchbay.database.db.revocation.findMany()).toMatchObject([{ attempts: 1 }, { attempts: 1 }])
    expect((await countersOf(patchbay)).revocations).toBe(before)
  })

  test('swapped secrets of two authorizations end both without an exchange, and both can be started again', async () => {
    const [one, other] = [await browser.authorize(mail), await browser.authorize(mail)]
    const callbacks = [await browser.consent(one.url, work), await browser.consent(other.url, work)]
    await swap(patchbay, 'AuthorizationSecret', 'authorizationId', 'uuid', [rowId(one.id), rowId(other.id)])
    for (const callback of callbacks) await browser.deliver(callback)
    for (const { id } of [one, other]) {
      const failed = { status: 'FAILED', failure: { code: 'INTERRUPTED', retryable: true } }
      expect(await attemptOf(patchbay, 'ada', id)).toMatchObject(failed)
    }
    expect((await countersOf(patchbay)).tokenRequests).toBe(0)
  })

  test('swapped secrets end an authorization that is not yet opened, and one that awaits confirmation', async () => {
    const [one, other] = [await browser.authorize(mail), await browser.authorize(mail)]
    await swap(patchbay, 'AuthorizationSecret', 'authorizationId', 'uuid', [rowId(one.id), rowId(other.id)])
    expect(await (await browser.person.open(one.url)).text()).toContain('couldn’t be connected')
    expect(await attemptOf(patchbay, 'ada', one.id)).toMatchObject({ status: 'FAILED' })

    const awaiting = await browser.authorize({ ...mail, binding: 'CONFIRM', returnTo: RETURN_TO })
    const answer = await browser.deliver(await browser.consent(awaiting.url, work))
    const code = new URL(answer.headers.get('location') ?? '').searchParams.get('confirmation') ?? ''
    await swap(patchbay, 'AuthorizationSecret', 'authorizationId', 'uuid', [rowId(awaiting.id), rowId(other.id)])
    const confirmed = await mutate(patchbay, 'ada', 'confirmAuthorization', { authorizationId: awaiting.id, code })
    expect(confirmed.__typename).toBe('AuthorizationEndedError')
    expect(await attemptOf(patchbay, 'ada', awaiting.id)).toMatchObject({ failure: { code: 'INTERRUPTED' } })
    expect((await countersOf(patchbay)).tokenRequests).toBe(0)
  })

  test('swapped credentials of two connectors send no browser to an app with the other’s client', async () => {
    const swapped: [string, string] = ['acme-mail', 'acme-chat']
    const attempt = await browser.authorize(mail)
    await swap(patchbay, 'ConnectorCredential', 'connectorSlug', 'text', swapped)
    const page = await changesNothing(() => browser.person.open(attempt.url))
    expect([page.status, page.headers.get('location')]).toEqual([500, null])
    await swap(patchbay, 'ConnectorCredential', 'connectorSlug', 'text', swapped)
    await browser.deliver(await browser.consent(attempt.url, work))
    expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  test('a secret that is copied to another column does not open', async () => {
    await browser.connect(mail, work)
    const attempt = await browser.authorize(mail)
    const [connection] = await patchbay.database.db.connection.findMany()
    const { sealed } = await patchbay.database.db.authorizationSecret.findFirstOrThrow()
    const owner = { organization: 'northwind', userId: connection?.userId ?? '' }
    for (const recordId of [connection?.id ?? '', rowId(attempt.id)]) {
      const opening = openTokens(vault, { ...owner, recordId }, sealed)
      await expect(opening).rejects.toMatchObject({ code: 'DAMAGED', retryable: false })
    }
  })
})
