import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createMemoryBus, type Notification } from '../../../src/live/bus.js'
import { Browser } from '../../support/browser.js'
import { mutate, startAfresh } from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { control } from '../../support/sandbox-client.js'

/** An exchange on a busy machine may take long enough to be shown, so it gets more than one chance not to. */
const CHANCES = 5
const ALLOW = { account: 'ada-work', allow: true }

let patchbay: Patchbay
const published: Notification[] = []

beforeAll(async () => {
  const bus = { ...createMemoryBus(), publish: (notification: Notification) => void published.push(notification) }
  patchbay = await startPatchbay({ PATCHBAY_RETURN_ORIGINS: 'https://app.example' }, { openBus: () => bus })
})
beforeEach(() => startAfresh(patchbay))
afterAll(() => patchbay.close())

/** Counts the notifications that the work causes. */
async function notified(work: () => Promise<unknown>): Promise<number> {
  published.length = 0
  await work()
  return published.length
}

async function fewest(attempt: () => Promise<number>): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY
  for (let chance = 0; chance < CHANCES && fewest > 1; chance++) fewest = Math.min(fewest, await attempt())
  return fewest
}

test('a callback whose exchange is quick notifies once, of its result', async () => {
  const browser = new Browser(patchbay, 'ada')
  const attempt = async () => {
    const { url } = await browser.authorize({ connector: 'acme-mail' })
    const callback = await browser.consent(url, ALLOW)
    return notified(() => browser.deliver(callback))
  }
  expect(await fewest(attempt)).toBe(1)
})

test('a confirmation whose exchange is quick notifies once, of its result', async () => {
  const browser = new Browser(patchbay, 'ada')
  const attempt = async () => {
    const returnTo = 'https://app.example/connected'
    const { id, url } = await browser.authorize({ connector: 'acme-mail', binding: 'CONFIRM', returnTo })
    const response = await browser.deliver(await browser.consent(url, ALLOW))
    const code = new URL(response.headers.get('location') ?? '').searchParams.get('confirmation') ?? ''
    return notified(() => mutate(patchbay, 'ada', 'confirmAuthorization', { authorizationId: id, code }))
  }
  expect(await fewest(attempt)).toBe(1)
})

test('a callback whose exchange takes a while notifies of its start and of its result', async () => {
  const browser = new Browser(patchbay, 'ada')
  const { url } = await browser.authorize({ connector: 'acme-mail' })
  const callback = await browser.consent(url, ALLOW)
  await control(patchbay.sandbox, 'PATCH', '/acme-mail', { holdToken: true })
  const count = notified(() => browser.deliver(callback))
  await expect.poll(() => published.length).toBe(1)
  await control(patchbay.sandbox, 'POST', '/acme-mail/release')
  expect(await count).toBe(2)
})
