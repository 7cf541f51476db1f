import { channel } from 'node:diagnostics_channel'
import { connect, type Socket } from 'node:net'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Chromium, openChromium } from '../support/chromium.js'
import { consent, type GraphiQL, openGraphiQL, PATIENCE, VIEWPORT, watched } from '../support/graphiql.js'
import { type Patchbay, type PersonName, startPatchbay } from '../support/patchbay.js'
import { PATIENT } from '../support/patience.js'
import { ConsentWindow } from '../web/wizard/screen.js'

describe('in Chromium', { ...PATIENT, tags: 'chromium' }, () => {
  let patchbay: Patchbay
  let chromium: Chromium
  /** The origins of all requests and sockets of all pages. */
  const hosts = new Set<string>()
  const pageErrors: string[] = []

  beforeAll(async () => {
    patchbay = await startPatchbay()
    chromium = await openChromium()
    profile = await openProfile()
  })
  afterAll(async () => {
    await chromium?.close()
    await patchbay?.close()
  })

  /** A new browser profile. */
  async function openProfile(): Promise<BrowserContext> {
    const context = await chromium.newContext({ viewport: VIEWPORT })
    context.setDefaultTimeout(PATIENCE.timeout)
    const note = (url: string) => {
      if (!/^(blob|data):/.test(url)) hosts.add(new URL(url).host)
    }
    context.on('request', (request) => note(request.url()))
    context.on('weberror', (error) => void pageErrors.push(error.error().message))
    context.on('page', (page) => page.on('websocket', (socket) => note(socket.url())))
    return context
  }

  let profile: BrowserContext
  const pages = new Map<PersonName, Promise<GraphiQL>>()
  /** One page for each person in one profile, because GraphiQL takes seconds to load. */
  function pageOf(person: PersonName): Promise<GraphiQL> {
    const page = pages.get(person) ?? openGraphiQL(profile, patchbay.url, person === 'ada' ? undefined : person)
    pages.set(person, page)
    return page
  }

  test('a newcomer runs the tabs from left to right, and the steps turn live in the open result', async () => {
    const graphiql = await pageOf('ada')
    expect(await graphiql.tabs()).toEqual(['BrowsePlugins', 'StartSetup', 'Authorize', 'WatchSetup', 'Me'])

    await graphiql.run()
    await graphiql.shows({ data: { plugins: { edges: expect.arrayContaining([plugin('MeetingAssistant')]) } } })
    await graphiql.run('StartSetup')
    await graphiql.shows({ data: { startSetup: { status: 'IN_PROGRESS' } } })
    await graphiql.run('Authorize')
    const pending = { __typename: 'Authorization', status: 'PENDING' }
    await graphiql.shows({ data: { mail: pending, calendar: pending, chat: pending } })
    await graphiql.run('WatchSetup')
    await graphiql.shows(watched('IN_PROGRESS', ['AUTHORIZING', 'AUTHORIZING', 'AUTHORIZING']))

    const mail = await graphiql.followFirstLink()
    await consent(mail, { app: 'Acme Mail', scopes: ['mail.read', 'mail.send'] })
    await graphiql.shows(watched('IN_PROGRESS', ['LIVE', 'AUTHORIZING', 'AUTHORIZING']))

    const [, calendarUrl, chatUrl] = await graphiql.urls()
    const popup = await graphiql.openPopup(calendarUrl)
    const closed = popup.waitForEvent('close')
    await consent(popup, { app: 'Acme Calendar', scopes: ['calendar.read', 'calendar.write'] })
    await graphiql.shows(watched('IN_PROGRESS', ['LIVE', 'LIVE', 'AUTHORIZING']))
    await closed

    const chat = await profile.newPage()
    await chat.goto(chatUrl ?? '')
    await consent(chat, { app: 'Acme Chat', scopes: [] })
    await graphiql.shows(watched('READY', ['LIVE', 'LIVE', 'LIVE']))
    expect(new URL(graphiql.page.url()).search).toBe('')

    await graphiql.run('Me')
    const live = { status: 'LIVE', account: { label: 'ada@northwind.example' } }
    await graphiql.shows({ data: { viewer: { name: 'Ada', connections: [live, live, live] } } })
  })

  test('the address alone decides who is signed in, at every visit', async () => {
    const first = await pageOf('ada')
    await first.page.evaluate(() => {
      localStorage.setItem('graphiql:headers', '{"Authorization":"Bearer of.yester.day"}')
      localStorage.setItem('graphiql:query', '{ plugins { edges { node { id } } } }')
    })
    await first.run('StartSetup')
    await first.shows({ data: { startSetup: { __typename: 'PluginSetup' } } })
    const adas = await first.result<{ data: { startSetup: { id: string } } }>()

    const ben = await pageOf('ben')
    expect(await ben.page.title()).toContain('Ben')
    await ben.run('Me')
    await ben.shows({ data: { viewer: { name: 'Ben', connections: [], skills: { edges: [] } } } })
    await ben.run('StartSetup')
    await ben.shows({
      data: { startSetup: { status: 'IN_PROGRESS', id: expect.not.stringMatching(adas.data.startSetup.id) } },
    })
    await ben.run('WatchSetup')
    await ben.shows(watched('IN_PROGRESS', ['NOT_CONNECTED', 'NOT_CONNECTED', 'NOT_CONNECTED']))

    await first.page.reload()
    await first.run('Me')
    await first.shows({ data: { viewer: { name: 'Ada' } } })
    expect(await first.page.evaluate(() => JSON.stringify(localStorage))).not.toMatch(/Bearer (?!of\.yester)/)
  })

  test('a link connects nothing in another browser and says so; in its own, a denial shows in the open result', async () => {
    const graphiql = await pageOf('ben')
    await graphiql.run('StartSetup')
    await graphiql.shows({ data: { startSetup: { __typename: 'PluginSetup' } } })
    await graphiql.run('Authorize')
    await graphiql.shows({ data: { mail: { status: 'PENDING' } } })
    await graphiql.run('WatchSetup')
    await graphiql.shows(watched('IN_PROGRESS', ['AUTHORIZING', 'AUTHORIZING', 'AUTHORIZING']))
    const [url] = await graphiql.urls()

    await using elsewhere = await openProfile()
    const page = await elsewhere.newPage()
    const response = await page.goto(url ?? '')
    expect(response?.status()).toBe(403)
    expect(await page.getByRole('status').textContent()).toBe('This was started in another browser')
    expect(await page.locator('main').textContent()).toContain('Nothing was connected.')
    await graphiql.run('Me')
    await graphiql.shows({ data: { viewer: { name: 'Ben', connections: [] } } })
    await graphiql.run('WatchSetup')
    await graphiql.shows({ data: { setupProgress: { steps: [{ authorization: { status: 'PENDING' } }, {}, {}] } } })

    const popup = await graphiql.openPopup(url)
    await new ConsentWindow(popup).deny()
    await popup.locator('main[data-tone=neutral]').waitFor()
    expect(await popup.getByRole('status').textContent()).toBe('Acme Mail isn’t connected')
    await graphiql.shows({ data: { setupProgress: { steps: [{ authorization: { status: 'DENIED' } }, {}, {}] } } })
  })

  // When its 9 MB were sent in one piece, it looked like a stalled reader, and the page was cut off at the next check.
  test('the page is sent at the pace of a slow browser, instead of filling the send buffer', async () => {
    const { hostname, port, host } = new URL(patchbay.url)
    const accepted = nextServerSocket()
    const client = connect(Number(port), hostname).pause()
    const server = await accepted
    client.write(`GET /graphql HTTP/1.1\r\nhost: ${host}\r\naccept: text/html\r\n\r\n`)
    await expect.poll(() => server.writableNeedDrain, PATIENCE).toBe(true)
    expect(server.writableLength).toBeLessThan(1_000_000)
    client.destroy()
  })

  test('no page contacts another machine or throws an error', () => {
    expect(hosts).toEqual(new Set([new URL(patchbay.url).host, new URL(patchbay.sandbox.url).host]))
    expect(pageErrors).toEqual([])
  })
})

function nextServerSocket(): Promise<Socket> {
  const sockets = channel('net.server.socket')
  return new Promise((resolve) => {
    const take = (message: unknown) => {
      sockets.unsubscribe(take)
      resolve((message as { socket: Socket }).socket)
    }
    sockets.subscribe(take)
  })
}

const plugin = (name: string) => ({ node: expect.objectContaining({ name }) })
