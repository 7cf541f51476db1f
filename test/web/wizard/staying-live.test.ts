import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PATIENT } from '../../support/patience.js'
import { RawSocket } from '../../support/raw.js'
import { control } from '../../support/sandbox-client.js'
import { startWizardScene, type WizardScene } from './scene.js'
import { MEETING_ASSISTANT, type Screen } from './screen.js'

describe('an open page of the wizard', { ...PATIENT, tags: 'chromium' }, () => {
  let scene: WizardScene
  beforeAll(async () => {
    scene = await startWizardScene()
  }, PATIENT.timeout)
  beforeEach(async () => {
    await control(scene.patchbay.sandbox, 'POST', '/reset')
  })
  afterEach(() => {
    expect(scene.pageErrors).toEqual([])
  })
  afterAll(() => scene?.[Symbol.asyncDispose]())

  /** A user with the meeting assistant's mail connected, and the setup's page. */
  async function withMail(prepare?: (page: Page) => Promise<unknown>) {
    const user = scene.newcomer()
    const elsewhere = scene.elsewhere(user)
    await elsewhere.start('meeting-assistant')
    await elsewhere.connect('acme-mail')
    const device = await scene.device(user)
    const screen = await scene.open(device, MEETING_ASSISTANT, prepare)
    await screen.shows('Acme Mail', 'LIVE')
    return { user, elsewhere, device, screen, [Symbol.asyncDispose]: () => device.close() }
  }

  /** Opens sockets and event streams in the user's name until no more are allowed. */
  async function openAsManyAsAllowed(user: string) {
    const authorization = `Bearer ${await scene.host.tokenFor(user)}`
    const sockets: RawSocket[] = []
    const streams = new AbortController()
    const opened = async () => {
      const socket = await RawSocket.open(scene.patchbay)
      sockets.push(socket)
      return Promise.race([socket.init(authorization).then(() => true), socket.closed.then(() => false)])
    }
    const streamed = async () => {
      const query = encodeURIComponent('subscription { connectionStatus { revision } }')
      const headers = { authorization, accept: 'text/event-stream' }
      const url = `${scene.patchbay.url}/graphql?query=${query}`
      return (await fetch(url, { headers, signal: streams.signal })).ok
    }
    for (let tries = 0; tries < 100 && (await opened()); tries++);
    for (let tries = 0; tries < 100 && (await streamed()); tries++);
    return {
      async close() {
        streams.abort()
        await Promise.all(sockets.map((socket) => Promise.all([socket.terminate(), socket.closed])))
      },
    }
  }

  /** What the browser reports about its network. Chromium's own switch doesn't affect WebSockets or this. */
  const setOnLine = (page: Page, isOnLine: boolean) =>
    page.evaluate((isOnLine) => {
      Object.defineProperty(navigator, 'onLine', { configurable: true, value: isOnLine })
      window.dispatchEvent(new Event(isOnLine ? 'online' : 'offline'))
    }, isOnLine)

  test('shows revoked access, like every other open page, and one reconnection repairs them all', async () => {
    await using first = await withMail()
    const { screen, device } = first
    const settings = await scene.open(device, '/connections')
    const mine = await scene.open(device, '/mine')
    await mine.page.locator('.row', { hasText: 'Send the notes' }).getByText('Ready').waitFor()
    await control(scene.patchbay.sandbox, 'POST', '/acme-mail/revoke', {})
    await settings.choose('Acme Mail', 'Check now')

    await screen.shows('Acme Mail', 'BROKEN')
    await settings.page.locator('li[data-status=BROKEN]').waitFor()
    // One event has one wording.
    await settings.page
      .locator('.notice', { hasText: 'Acme Mail access was revoked. Reconnect to continue.' })
      .waitFor()
    await settings.page.locator('.event', { hasText: 'Acme Mail access was revoked' }).waitFor()
    await mine.page.locator('.row', { hasText: 'Send the notes' }).getByText('Acme Mail').waitFor()
    await expect.poll(async () => (await screen.said()).join(' ')).toContain('Acme Mail needs your attention.')
    const plugins = await scene.open(device)
    const card = plugins.page.locator('li.plugin', { hasText: 'Meeting Assistant' })
    await card.getByText('Needs attention').waitFor()
    for (const each of [plugins, mine])
      await each.page.getByRole('link', { name: 'Reconnect Meeting Assistant' }).waitFor()

    await screen.connect('Acme Mail', 'Reconnect Acme Mail')
    await settings.page.locator('li[data-status=LIVE]').waitFor()
    await mine.page.locator('.row', { hasText: 'Send the notes' }).getByText('Ready').waitFor()
    await card.getByText('In progress').waitFor()
    await settings.page.locator('.event', { hasText: 'You reconnected Acme Mail' }).waitFor()
  })

  test('shows immediately that an account was disconnected elsewhere, also in the activity', async () => {
    await using first = await withMail()
    const settings = await scene.open(first.device, '/connections')
    await settings.actions('Acme Mail').waitFor()
    await first.elsewhere.disconnect('acme-mail')
    await first.screen.shows('Acme Mail', 'NOT_CONNECTED')
    await settings.reads('No apps are connected')
    await settings.reads(/You disconnected/)
  })

  test('says that it is offline without interrupting, and is up to date once it is back online', async () => {
    await using first = await withMail()
    const { screen, elsewhere } = first
    await screen.cut()
    await setOnLine(screen.page, false)
    await screen.reads('You’re offline.')
    await elsewhere.disconnect('acme-mail')
    await screen.shows('Acme Mail', 'LIVE') // as before
    await screen.cut(false)
    await setOnLine(screen.page, true)
    await screen.shows('Acme Mail', 'NOT_CONNECTED')
    await screen.reads('You’re back online')
    await screen.readsNot('You’re back online')
  })

  test('shows nothing in place of the person’s name while the server is unreachable', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device, '/', (page) => page.route(/\/graphql$/, (route) => route.abort()))
    await screen.reads('This page couldn’t be loaded')
    const account = screen.page.locator('.person > summary')
    expect(await account.textContent()).toBe('Account')
    expect(await account.locator('.person__letter').getAttribute('data-letter')).toBeNull()
  })

  test('pauses before it asks again, if a server that can be reached answers with an error', async () => {
    await using device = await scene.device(scene.newcomer())
    const asked: number[] = []
    const screen = await scene.open(device, '/connections', (page) =>
      page.route(/\/graphql$/, async (route) => {
        if (!route.request().postData()?.includes('query Connections')) return route.fallback()
        asked.push(performance.now())
        await route.fulfill({ json: { errors: [{ message: 'no' }] } })
      }),
    )
    await screen.reads('This page couldn’t be loaded')
    await screen.reads('Something went wrong on the server. We’ll keep trying.')
    await expect.poll(() => asked.length).toBeGreaterThan(2)
    const [, second = 0, third = 0] = asked
    expect(third - second).toBeGreaterThan(400)
  })

  test('waits for an unreachable server, on whatever page the user is', async () => {
    await using first = await withMail()
    const { screen, elsewhere } = first
    await screen.cut()
    await screen.reads('We can’t reach the server right now.')
    await screen.page.getByRole('link', { name: 'My skills', exact: true }).click()
    await screen.reads('This page couldn’t be loaded')
    await elsewhere.disconnect('acme-mail')
    await screen.cut(false)
    await screen.page.locator('.row', { hasText: 'Send the notes' }).getByText('Waiting for').waitFor()
    await screen.readsNot('This page couldn’t be loaded')
    await screen.page.goBack()
    await screen.shows('Acme Mail', 'NOT_CONNECTED')
  })

  test('shows what was there when the user goes back while the server is away', async () => {
    await using first = await withMail()
    const { screen } = first
    const { page } = screen
    await page.getByRole('link', { name: 'Connections', exact: true }).click()
    await screen.actions('Acme Mail').waitFor()
    await page.getByRole('link', { name: 'My skills', exact: true }).click()
    await screen.reads('Send the notes')
    await screen.cut()
    await screen.reads('We can’t reach the server right now.')
    await page.goBack()
    await screen.actions('Acme Mail').waitFor()
    await screen.reads(/You connected/)
    await page.goBack()
    await screen.shows('Acme Mail', 'LIVE')
    await screen.reads('We can’t reach the server right now.')
    expect(await page.getByText('This page couldn’t be loaded').count()).toBe(0)
  })

  test('uses an event stream if WebSockets are blocked, and remains live', async () => {
    const blocked = (page: Page) => page.addInitScript('line.isCut = true')
    await using first = await withMail(blocked)
    const { screen, device, elsewhere } = first
    const settings = await scene.open(device, '/connections', blocked)
    await settings.actions('Acme Mail').waitFor()
    await elsewhere.disconnect('acme-mail')
    await screen.shows('Acme Mail', 'NOT_CONNECTED')
    await settings.reads('No apps are connected')
    await screen.readsNot('We can’t reach the server right now.')
  })

  test('G9: is up to date soon after its user is back under the limits of sockets and event streams', async () => {
    await using first = await withMail()
    const { device, user, elsewhere, screen } = first
    await screen.page.close()
    // Its own socket would leave a place later.
    await expect.poll(() => scene.patchbay.instance.subscribers).toBe(0)
    const others = await openAsManyAsAllowed(user)
    const late = await scene.open(device, MEETING_ASSISTANT)
    await late.reads('We can’t reach the server right now.')
    await others.close()
    await late.readsNot('We can’t reach the server right now.')
    await elsewhere.disconnect('acme-mail')
    await late.shows('Acme Mail', 'NOT_CONNECTED')
  })

  test('renews a token that expires, and misses nothing', async () => {
    const user = scene.newcomer()
    const elsewhere = scene.elsewhere(user)
    await elsewhere.start('meeting-assistant')
    scene.host.lifetime(user, 5)
    await using device = await scene.device(user)
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.shows('Acme Mail', 'NOT_CONNECTED')
    const before = scene.host.given(user)
    const socketClosed = screen.closedSocket(4403)
    scene.host.lifetime(user, 3_600)
    await socketClosed
    await elsewhere.connect('acme-mail')
    await screen.shows('Acme Mail', 'LIVE')
    await elsewhere.disconnect('acme-mail')
    await screen.shows('Acme Mail', 'NOT_CONNECTED')
    expect(scene.host.given(user)).toBeGreaterThan(before)
  })

  test('tells users that they are signed out at the host, and continues after they sign in again', async () => {
    await using first = await withMail()
    const { screen, user } = first
    scene.host.signOut(user)
    await screen.page.reload()
    await screen.page.getByRole('heading', { name: 'You’re signed out' }).waitFor()
    expect(await screen.page.locator('.person').count()).toBe(0)
    expect(await screen.page.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe(scene.host.signInUrl)
    scene.host.signIn(user)
    await screen.button('I’ve signed in').click()
    await screen.shows('Acme Mail', 'LIVE')
  })

  test('works for one setup with a setup session instead of a token', async () => {
    const user = scene.newcomer()
    const session = await scene.sessionFor(user)
    await using device = await scene.device(user)
    scene.host.hand(user, session)
    const screen: Screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.reads('Connect your apps')
    await screen.connect('Acme Mail')
  })
})
