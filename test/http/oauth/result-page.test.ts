import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../../support/browser.js'
import { startAfresh } from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { control } from '../../support/sandbox-client.js'
import { startSetup } from '../../support/setups.js'

let patchbay: Patchbay
let browser: Browser

beforeAll(async () => {
  patchbay = await startPatchbay()
})
beforeEach(async () => {
  await startAfresh(patchbay)
  browser = new Browser(patchbay, 'ada')
})
afterAll(() => patchbay.close())

const calendar = { connector: 'acme-calendar' }
const INCOMPLETE = 'Acme Calendar is connected, but needs permissions'
const CHANGE = 'Change your events'
const READ = 'See your events'

/** What the popup says after consent, now and when its address is loaded again. */
async function pagesAfter(
  input: Parameters<Browser['authorize']>[0],
  untick: readonly string[],
  account = 'ada-work',
): Promise<string[]> {
  const { url } = await browser.authorize(input)
  const callback = await browser.consent(url, { account, allow: true, untick })
  const delivered = await browser.deliver(callback)
  const result = await browser.person.open(new URL(delivered.headers.get('location') ?? '', patchbay.url))
  const again = await browser.deliver(callback)
  return [await result.text(), await again.text(), await (await browser.person.open(url)).text()]
}

test('the page names the permissions that the person unticked, and where to grant them', async () => {
  const { id } = await startSetup(patchbay, 'ada', 'meeting-assistant')
  for (const page of await pagesAfter({ ...calendar, setupId: id }, ['calendar.write'])) {
    expect(page).toContain(INCOMPLETE)
    expect(page).toContain(CHANGE)
    expect(page).not.toContain(READ)
    expect(page).toContain('To grant them, go back to the page you came from.')
    expect(page).toContain('data-tone="neutral"')
  }
})

test('with every permission, the page only says that the app is connected', async () => {
  const { id } = await startSetup(patchbay, 'ada', 'meeting-assistant')
  for (const page of await pagesAfter({ ...calendar, setupId: id }, [])) {
    expect(page).toContain('Acme Calendar is connected')
    expect(page).not.toContain('needs permissions')
  }
})

test('the page is about the setup that the app was connected for, like its step', async () => {
  await startSetup(patchbay, 'ada', 'meeting-assistant') // which also needs calendar.read
  const { id } = await startSetup(patchbay, 'ada', 'inbox-helper')
  const [page] = await pagesAfter({ ...calendar, setupId: id }, ['calendar.read'])
  expect(page).not.toContain('needs permissions')
})

test('without a setup, the page is about the setups that there are', async () => {
  const [before] = await pagesAfter(calendar, [])
  expect(before).not.toContain('needs permissions')
  await startSetup(patchbay, 'ada', 'meeting-assistant')
  const [page] = await pagesAfter(calendar, ['calendar.write'])
  expect(page).toContain(CHANGE)
})

test('after signing in to another account than the connected one, the page doesn’t say that the app isn’t connected', async () => {
  await browser.connect(calendar)
  const { data } = await browser.execute<{ viewer: { connections: { id: string }[] } }>(
    '{ viewer { connections { id } } }',
  )
  const input = { ...calendar, connectionId: data?.viewer.connections[0]?.id ?? '' }
  for (const page of await pagesAfter(input, [], 'ada-private')) {
    expect(page).toContain('Your Acme Calendar connection didn’t change')
    expect(page).toContain('You signed in to a different Acme Calendar account')
    expect(page).not.toContain('couldn’t be connected')
  }
})

test.each([
  ['neutral, if the person denied it', { deny: true }, 'neutral'],
  ['neutral, if something is left to do at the app', { withoutCode: 'state_only' }, 'neutral'],
  ['a warning, if the app had trouble', { authorizationError: 'server_error' }, 'warn'],
])('the page is as serious about a failure as the wizard: %s', async (_how, behavior, tone) => {
  await control(patchbay.sandbox, 'PATCH', '/acme-calendar', behavior)
  for (const page of await pagesAfter(calendar, [])) expect(page).toContain(`data-tone="${tone}"`)
})
