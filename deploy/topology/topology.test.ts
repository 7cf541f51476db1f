import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../../test/support/browser.js'
import { type Chromium, openChromium } from '../../test/support/chromium.js'
import { consent, openGraphiQL, PATIENCE, VIEWPORT, watched } from '../../test/support/graphiql.js'
import { type PersonName, pluginId } from '../../test/support/patchbay.js'
import { type Screen, subscribe, TRANSPORTS, type TransportName } from '../../test/support/subscriber.js'
import { type Instance, startTopology, type Topology } from './topology.js'

const START = `mutation ($input: StartSetupInput!) {
  startSetup(input: $input) { ... on PluginSetup { id } ... on Error { message } }
}`
const SETUP = `subscription ($id: ID!) {
  setupProgress(setupId: $id) { revision status steps { connector { slug } status authorization { status } } }
}`
const ATTEMPT = 'subscription ($id: ID!) { authorizationStatus(authorizationId: $id) { status } }'
const REVISION = '{ viewer { revision } }'
const ENOUGH_RETRIES = 20
const CALLERS = 8

interface Setup {
  setupProgress: {
    revision: number
    status: string
    steps: { connector: { slug: string }; status: string; authorization: { status: string } | null }[]
  }
}
interface Attempt {
  authorizationStatus: { status: string }
}

let topology: Topology
beforeAll(async () => {
  topology = await startTopology()
})
afterAll(() => topology?.close())

async function tokenFor(person: PersonName): Promise<string> {
  const response = await fetch(`${topology.url}/development/token?as=${person}`)
  const { token } = (await response.json()) as { token: string }
  return token
}

/** Patchbay as clients reach it there: through nginx, or an instance directly. */
const at = ({ url }: { url: string }) => ({ url, tokenFor })
const everywhere = () =>
  [topology, ...topology.instances].flatMap((place) => TRANSPORTS.map((name) => [place, name] as const))

async function startSetup(browser: Browser, slug: string): Promise<string> {
  const { data } = await browser.execute<{ startSetup: { id: string } }>(START, { input: { pluginId: pluginId(slug) } })
  return data.startSetup.id
}

test('every subscriber sees each step turn live, whichever instance serves it or receives the callback', async () => {
  const browser = new Browser(at(topology), 'ada')
  const id = await startSetup(browser, 'meeting-assistant')
  const screens = await Promise.all(
    everywhere().map(([place, transport]) => subscribe<Setup>(at(place), 'ada', SETUP, { id }, transport)),
  )
  const takers = [topology, ...topology.instances]
  for (const [index, connector] of ['acme-mail', 'acme-calendar', 'acme-chat'].entries()) {
    const attempt = await browser.authorize({ connector, setupId: id })
    const attempts = await Promise.all(
      everywhere().map(([place, transport]) =>
        subscribe<Attempt>(at(place), 'ada', ATTEMPT, { id: attempt.id }, transport),
      ),
    )
    const callback = await browser.consent(attempt.url, { account: 'ada-work', allow: true })
    expect(callback.callbackUrl).toContain(`${topology.url}/oauth/callback/${connector}?`)
    const callbackUrl = callback.callbackUrl.replace(topology.url, takers[index]?.url ?? '')
    await browser.deliver({ ...callback, callbackUrl })

    for (const screen of attempts) {
      await screen.until(({ authorizationStatus }) => authorizationStatus.status === 'SUCCEEDED')
      await screen.ended
    }
    for (const screen of screens) {
      const { setupProgress } = await screen.until(({ setupProgress }) => setupProgress.steps[index]?.status === 'LIVE')
      expect(setupProgress.steps[index]).toMatchObject({
        connector: { slug: connector },
        authorization: { status: 'SUCCEEDED' },
      })
      expect(setupProgress.status).toBe(index === 2 ? 'READY' : 'IN_PROGRESS')
    }
    await Promise.all(attempts.map((screen) => screen.close()))
  }
  await Promise.all(screens.map((screen) => screen.close()))
})

test('the wizard and its files come through nginx, whichever instance is asked', async () => {
  for (const path of ['/', '/plugins/meeting-assistant', '/mine', '/connections']) {
    const page = await fetch(`${topology.url}${path}`, { headers: { accept: 'text/html' } })
    expect(page).toMatchObject({ status: 200, redirected: false })
    expect(page.headers.get('content-security-policy')).toContain(`connect-src 'self' ws://localhost:`)
    const files = [...(await page.text()).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file)
    expect(files.length).toBeGreaterThan(1)
    for (const file of files) expect(await fetch(`${topology.url}${file}`)).toMatchObject({ status: 200 })
  }
})

describe('stopping an instance with open subscriptions', () => {
  let browser: Browser
  let id: string
  let screens: Screen<Setup>[]
  beforeAll(async () => {
    browser = new Browser(at(topology), 'ben')
    id = await startSetup(browser, 'meeting-assistant')
    const four: TransportName[] = [...TRANSPORTS, ...TRANSPORTS]
    // nginx takes turns, so each instance gets some of both kinds.
    screens = await Promise.all(
      four.map((transport) => subscribe<Setup>(at(topology), 'ben', SETUP, { id }, transport, ENOUGH_RETRIES)),
    )
  })
  afterAll(() => Promise.all((screens ?? []).map((screen) => screen.close())))

  const revision = async () => {
    const { data } = await browser.execute<{ viewer: { revision: number } }>(REVISION)
    return data.viewer.revision
  }

  /** Makes a change, and waits until every subscriber has it. */
  async function changeIsSeen(): Promise<void> {
    const attempt = await browser.authorize({ connector: 'acme-chat', setupId: id })
    expect(attempt.status).toBe('PENDING')
    const committed = await revision()
    await Promise.all(screens.map((screen) => screen.until(({ setupProgress }) => setupProgress.revision >= committed)))
  }

  /** Sends requests without a pause until `over`, several at a time, and returns how many responses had each status. */
  async function statusesUntil(over: Promise<unknown>): Promise<Record<number, number>> {
    let running = true
    over.finally(() => {
      running = false
    })
    const headers = { authorization: `Bearer ${await tokenFor('ben')}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ query: REVISION })
    const statuses: Record<number, number> = {}
    const ask = async () => {
      while (running) {
        const response = await fetch(`${topology.url}/graphql`, { method: 'POST', headers, body })
        await response.text()
        statuses[response.status] = (statuses[response.status] ?? 0) + 1
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, ask))
    return statuses
  }

  const names = ['first', 'second'] as const
  test.each(names)(
    'reconnects the subscribers of the %s instance to the other one through nginx, and no request fails',
    async (name) => {
      const instance = topology.instances[names.indexOf(name)] as Instance
      await changeIsSeen()
      const stopped = instance.stop()
      expect(await statusesUntil(stopped)).toEqual({ 200: expect.any(Number) })
      expect(await stopped).toBe(0)
      await changeIsSeen()

      await instance.start()
      await changeIsSeen()
    },
  )
})

describe('in Chromium, through nginx', { tags: 'chromium' }, () => {
  let chromium: Chromium
  beforeAll(async () => {
    chromium = await openChromium()
  })
  afterAll(() => chromium?.close())

  test('a user who allows in a popup sees the step turn live on the open page', async () => {
    const profile = await chromium.newContext({ viewport: VIEWPORT })
    profile.setDefaultTimeout(PATIENCE.timeout)
    const graphiql = await openGraphiQL(profile, topology.url, 'cleo')
    await graphiql.run('StartSetup')
    await graphiql.shows({ data: { startSetup: { status: 'IN_PROGRESS' } } })
    await graphiql.run('Authorize')
    await graphiql.shows({ data: { mail: { status: 'PENDING' } } })
    await graphiql.run('WatchSetup')
    await graphiql.shows(watched('IN_PROGRESS', ['AUTHORIZING', 'AUTHORIZING', 'AUTHORIZING']))

    const [url] = await graphiql.urls()
    expect(url).toContain(`${topology.url}/connect/`)
    const popup = await graphiql.openPopup(url)
    const closed = popup.waitForEvent('close')
    await consent(popup, { app: 'Acme Mail', scopes: ['mail.read', 'mail.send'] })
    await graphiql.shows(watched('IN_PROGRESS', ['LIVE', 'AUTHORIZING', 'AUTHORIZING']))
    await closed
  })
})
