import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../support/browser.js'
import { choicesOn, pressChoice } from '../support/choosing.js'
import { attemptOf, connectionsOf, LIVE_ATTEMPT, script, startAfresh } from '../support/connecting.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { subscribe } from '../support/subscriber.js'

const desk = { connector: 'acme-desk', variables: [{ name: 'workspace', value: 'northwind' }] }
const allow = { account: 'ada-work', allow: true }
let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay()
})
beforeEach(() => startAfresh(patchbay))
afterAll(() => patchbay.close())

test('a person with two sites at the sandbox chooses one, later the other, and every step is pushed', async () => {
  await script(patchbay, { sites: 2 }, 'acme-desk')
  const browser = new Browser(patchbay, 'ada')
  for (const [id, site] of [
    ['site-2', 'Internal help'],
    ['site-1', 'Customer support'],
  ] as const) {
    const attempt = await browser.authorize(desk)
    await using screen = await subscribe<{ authorizationStatus: { status: string } }>(patchbay, 'ada', LIVE_ATTEMPT, {
      id: attempt.id,
    })
    const back = await browser.deliver(await browser.consent(attempt.url, allow))
    await screen.until(({ authorizationStatus }) => authorizationStatus.status === 'AWAITING_CHOICE')
    const page = await browser.person.open(new URL(back.headers.get('location') ?? '', patchbay.url))
    expect(choicesOn(await page.text())).toEqual([
      ['site-1', 'Customer support'],
      ['site-2', 'Internal help'],
    ])
    const chosen = await pressChoice({ browser, attempt }, id)
    await screen.until(({ authorizationStatus }) => authorizationStatus.status === 'SUCCEEDED')
    const result = await browser.person.open(new URL(chosen.headers.get('location') ?? '', patchbay.url))
    const html = await result.text()
    expect(html).toContain('Acme Desk is connected')
    expect(html).toContain('window.close()')
    expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({
      connection: { account: { label: `ada@northwind.example · ${site} · northwind` } },
    })
  }
  expect(await connectionsOf(patchbay, 'ada')).toHaveLength(2)
})

test('a person without a site at the sandbox learns that there is nothing to connect', async () => {
  await script(patchbay, { sites: 0 }, 'acme-desk')
  const { id } = await new Browser(patchbay, 'ada').connect(desk, allow)
  expect(await attemptOf(patchbay, 'ada', id)).toMatchObject({ failure: { code: 'NOTHING_TO_CHOOSE' } })
})
