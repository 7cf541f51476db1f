import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BehaviorPatch } from '../../../src/sandbox/behavior.js'
import { Browser } from '../../support/browser.js'
import { attemptOf, connectionsOf, countersOf, rowId, script, startAfresh } from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { control } from '../../support/sandbox-client.js'
import { startSetup } from '../../support/setups.js'
import { type Screen, subscribe } from '../../support/subscriber.js'

const APP = 'acme-mail'
const SCREEN = `subscription ($id: ID!) { setupProgress(setupId: $id) {
  revision steps { connector { slug } status remedy missingScopes connection { problem { code } } }
} }`

interface Setup {
  setupProgress: {
    revision: number
    steps: {
      connector: { slug: string }
      status: string
      remedy: string | null
      missingScopes: string[]
      connection: { problem: { code: string } | null } | null
    }[]
  }
}

let patchbay: Patchbay
const open: Screen<Setup>[] = []
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterEach(() => Promise.all(open.splice(0).map((screen) => screen.close())))
afterAll(() => patchbay.close())
beforeEach(async () => {
  await startAfresh(patchbay)
  await control(patchbay.sandbox, 'POST', `/${APP}/revoke`, {})
})

const stepOf = ({ setupProgress }: Setup) => {
  const step = setupProgress.steps.find(({ connector }) => connector.slug === APP)
  if (!step) throw new Error('the plugin needs the app')
  return step
}

/** A setup whose app was connected while it behaved like this, and a subscription to it. */
async function connectedWhile(behavior: BehaviorPatch, person: 'ada' | 'ben' = 'ada') {
  await script(patchbay, behavior, APP)
  const setup = await startSetup(patchbay, person, 'inbox-helper')
  const browser = new Browser(patchbay, person)
  const account = person === 'ada' ? 'ada-work' : 'ada-private'
  const attempt = await browser.connect({ connector: APP, setupId: setup.id }, { account, allow: true })
  const screen = await subscribe<Setup>(patchbay, person, SCREEN, { id: setup.id })
  open.push(screen)
  return { screen, attempt: await attemptOf(patchbay, person, attempt.id) }
}

/** Makes the next refresh due, after this many minutes have passed, and waits until it was tried. */
async function refreshAfter(minutes: number): Promise<void> {
  await patchbay.database.db.$executeRawUnsafe(`
    UPDATE "Connection" SET "refreshDueAt" = now() - interval '1 second',
      "refreshRefusedSince" = "refreshRefusedSince" - interval '${minutes} minutes',
      "accessTokenIssuedAt" = "accessTokenIssuedAt" - interval '${minutes} minutes'
    WHERE status = 'LIVE' AND refreshable`)
  await patchbay.instance.runJobs()
}

const stored = async (person: 'ada' | 'ben' = 'ada') => {
  const [connection] = await connectionsOf(patchbay, person)
  return patchbay.database.db.connection.findUniqueOrThrow({ where: { id: rowId(connection?.id ?? '') } })
}

const untilBroken = async (screen: Screen<Setup>) =>
  stepOf(await screen.until((data) => stepOf(data).status === 'BROKEN'))

describe('O28: an app is connected, and its tokens are refreshed,', () => {
  test.each<BehaviorPatch>([
    { tokenForm: 'null_members' },
    { tokenForm: 'empty_members' },
    { tokenForm: 'long_lifetime' },
    { tokenForm: 'zero_lifetime' },
    { tokenForm: 'no_lifetime' },
    { tokenForm: 'no_token_type' },
    { tokenForm: 'user_token_type' },
    { tokenForm: 'created' },
    { tokenForm: 'form' },
    { scopeForm: 'list' },
    { scopeForm: 'commas' },
    { scopeForm: 'prefixed' },
    { scopeForm: 'upper_case' },
  ])('although it answers with %j', async (behavior) => {
    const { screen, attempt } = await connectedWhile({ ...behavior, refreshTokens: 'always' })
    expect(attempt).toMatchObject({ status: 'SUCCEEDED', connection: { status: 'LIVE' } })
    const step = stepOf(await screen.until(() => true))
    expect(step).toMatchObject({ status: 'LIVE', remedy: null, missingScopes: [] })
    const { grantedScopes } = await stored()
    await refreshAfter(0)
    expect(await stored()).toMatchObject({ status: 'LIVE', tokenVersion: 2, grantedScopes })
  })
})

test('O20: a token that needs a key is refused and revoked', async () => {
  const { attempt } = await connectedWhile({ tokenForm: 'mac_token_type' })
  expect(attempt).toMatchObject({ status: 'FAILED', failure: { code: 'INVALID_TOKEN_RESPONSE' }, connection: null })
  await patchbay.instance.runJobs()
  expect((await countersOf(patchbay, APP)).revocations).toBe(1)
})

test.each(['negative_lifetime', 'mac_token_type'] as const)(
  'R9: refreshes that answer with %s lose no rotated token',
  async (tokenForm) => {
    await connectedWhile({ rotateRefreshTokens: true, tokenTroubleFor: 'refresh_token', tokenForm })
    for (let time = 0; time < 3; time++) await refreshAfter(120)
    expect(await stored()).toMatchObject({ status: 'LIVE', problemCode: null, refreshRefusals: 0 })
    await script(patchbay, { tokenForm: null }, APP)
    const { tokenVersion } = await stored()
    await refreshAfter(0)
    expect(await stored()).toMatchObject({ status: 'LIVE', tokenVersion: tokenVersion + 1 })
    expect(await countersOf(patchbay, APP)).toMatchObject({ refreshes: 4, reuses: 0 })
  },
)

describe('R10: a dead grant', () => {
  test.each(['plain_code', 'error_list', 'error_status', 'ok_with_error'] as const)(
    'said as %s breaks the connection right away',
    async (deadGrantAs) => {
      const { screen } = await connectedWhile({ deadGrantAs })
      await control(patchbay.sandbox, 'POST', `/${APP}/break`, {})
      await refreshAfter(0)
      expect(await untilBroken(screen)).toMatchObject({
        remedy: 'REAUTHORIZE',
        connection: { problem: { code: 'ACCESS_REVOKED' } },
      })
    },
  )

  test.each(['plain_text', 'error_object', 'ok_without_token', 'not_found', 'invalid_token', 'empty'] as const)(
    'said as %s breaks the connection after five refusals over six hours',
    async (deadGrantAs) => {
      const { screen } = await connectedWhile({ deadGrantAs })
      await control(patchbay.sandbox, 'POST', `/${APP}/break`, {})
      for (let time = 0; time < 4; time++) await refreshAfter(time === 0 ? 0 : 120)
      expect(await stored()).toMatchObject({ status: 'LIVE', refreshRefusals: 4 })
      await refreshAfter(0)
      expect(await untilBroken(screen)).toMatchObject({
        remedy: 'REAUTHORIZE',
        connection: { problem: { code: 'RENEWAL_REFUSED' } },
      })
    },
  )

  test('R6: said as a refused client ends for one user while the app accepts the client for another', async () => {
    const { screen } = await connectedWhile({ deadGrantAs: 'unauthorized_client' })
    await control(patchbay.sandbox, 'POST', `/${APP}/break`, {})
    await refreshAfter(0)
    await connectedWhile({}, 'ben')
    for (let time = 0; time < 3; time++) await refreshAfter(time === 0 ? 0 : 10)
    expect(await untilBroken(screen)).toMatchObject({ remedy: 'REAUTHORIZE' })
    expect(await stored('ben')).toMatchObject({ status: 'LIVE' })
  })
})
