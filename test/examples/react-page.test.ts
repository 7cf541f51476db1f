import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Chromium, openChromium } from '../support/chromium.js'
import { startExample } from '../support/examples.js'
import { freePort } from '../support/free-port.js'
import { consent } from '../support/graphiql.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { PATIENT } from '../support/patience.js'
import type { RunningProcess } from '../support/running-process.js'
import { control } from '../support/sandbox-client.js'

/** For Vite, which translates and bundles at the first visit. */
const PATIENCE_MS = 45_000

describe('the React page', { ...PATIENT, tags: 'chromium' }, () => {
  let pageUrl: string
  let patchbay: Patchbay
  let server: RunningProcess
  let chromium: Chromium
  let profile: BrowserContext
  const openPage = async (query = ''): Promise<Page> => {
    const page = await profile.newPage()
    await page.goto(`${pageUrl}/${query}`)
    return page
  }
  const step = (page: Page, name: string) =>
    page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, level: 2 }) })

  beforeAll(async () => {
    const port = await freePort()
    pageUrl = `http://localhost:${port}`
    patchbay = await startPatchbay({ PATCHBAY_CORS_ORIGINS: pageUrl, PATCHBAY_RETURN_ORIGINS: pageUrl })
    server = await startExample('react-page', 'examples/react-page', {
      env: { PORT: String(port), API_URL: patchbay.url, NO_COLOR: '1' },
      ready: /Local:\s+http/,
    })
    chromium = await openChromium()
    profile = await chromium.newContext()
    profile.setDefaultTimeout(PATIENCE_MS)
  })
  afterAll(async () => {
    await chromium?.close()
    await server?.stop()
    await patchbay?.close()
  })

  test('shows the steps of a setup, and each connected app in every window at once', async () => {
    const page = await openPage()
    await page.getByRole('heading', { name: 'Meeting Assistant' }).waitFor()
    await page.getByText('0 of 3 apps are connected.').waitFor()
    await step(page, 'Acme Mail').getByText('To read your invitations').waitFor()
    const other = await openPage()
    await other.getByText('0 of 3 apps are connected.').waitFor()

    const opened = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Connect Acme Mail' }).click()
    const popup = await opened
    const closed = popup.waitForEvent('close')
    await step(page, 'Acme Mail').getByText('Continue in the other window.').waitFor()
    await step(other, 'Acme Mail').getByText('Connecting…').waitFor()
    await consent(popup, { app: 'Acme Mail', scopes: ['mail.read', 'mail.send'] })
    for (const each of [page, other]) {
      await step(each, 'Acme Mail').getByText('Connected as ada@northwind.example').waitFor()
      await each.getByText('1 of 3 apps are connected.').waitFor()
    }
    await closed
    await other.close()
  })

  test('says why an app was not connected, and cancels when asked to', async () => {
    const page = await openPage()
    await control(patchbay.sandbox, 'PATCH', '/acme-calendar', { deny: true })
    const asked = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Connect Acme Calendar' }).click()
    await (await asked).getByTestId('account-ada-work').click()
    await step(page, 'Acme Calendar').getByRole('alert').waitFor()
    await step(page, 'Acme Calendar').getByText('Not connected').waitFor()

    const opened = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Connect Acme Chat' }).click()
    const popup = await opened
    await popup.getByTestId('account-ada-work').waitFor()
    const closed = popup.waitForEvent('close')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await closed
    await step(page, 'Acme Chat').getByText('Not connected').waitFor()
    await page.close()
  })

  test('comes back from a redirect if the browser blocks the window', async () => {
    const page = await openPage('?plugin=standup-writer')
    await page.getByRole('heading', { name: 'Standup Writer' }).waitFor()
    await page.evaluate(() => {
      window.open = () => null
    })
    await page.getByRole('button', { name: 'Connect Acme Chat' }).click()
    await page.getByTestId('account-ada-work').click()
    await page.getByTestId('allow').click()
    await step(page, 'Acme Chat').getByText('Connected as ada@northwind.example').waitFor()
    await page.getByText('Standup Writer is ready.').waitFor()
    await expect.poll(() => page.url()).toBe(`${pageUrl}/?plugin=standup-writer`)
    await page.close()
  })

  test('names the address that it tried if Patchbay isn’t there', async () => {
    const port = await freePort()
    const address = `http://127.0.0.1:${await freePort()}`
    await using lost = await startExample('react-page', 'examples/react-page', {
      env: { PORT: String(port), API_URL: address, NO_COLOR: '1' },
      ready: /Local:\s+http/,
    })
    expect(lost.child.exitCode).toBeNull()
    const response = await fetch(`http://localhost:${port}/patchbay-token`)
    expect([response.status, await response.text()]).toEqual([
      502,
      `Patchbay can’t be reached at ${address}. Start it there, or set API_URL to its address.`,
    ])
    const page = await profile.newPage()
    await page.goto(`http://localhost:${port}/`)
    await page.getByRole('alert').getByText(`Patchbay can’t be reached at ${address}.`).waitFor()
    await page.close()
  })

  test('says so if there is no such plugin', async () => {
    const page = await openPage('?plugin=nothing')
    await page.getByText('There’s no plugin called nothing.').waitFor()
    await page.close()
  })
})
