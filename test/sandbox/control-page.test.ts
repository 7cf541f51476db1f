import { readFile } from 'node:fs/promises'
import type { Locator, Page, Request, Route } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { calm } from '../../src/sandbox/behavior.js'
import { advancedWords, switchWords } from '../../src/sandbox/pages/behavior-words.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { type Chromium, openChromium } from '../support/chromium.js'
import { PATIENT } from '../support/patience.js'
import { appOf, Client, control, redirectUri } from '../support/sandbox-client.js'

test('the page offers every behavior once, and docs/sandbox.md documents it', async () => {
  const offered = [{ fields: switchWords }, ...advancedWords].flatMap(({ fields }) => fields.map(({ name }) => name))
  expect(offered.toSorted()).toEqual(Object.keys(calm).toSorted())
  const page = await readFile(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')
  for (const name of offered) expect(page, name).toContain(`\`${name}\``)
})

describe('in Chromium', { ...PATIENT, tags: 'chromium' }, () => {
  let sandbox: Sandbox
  let chromium: Chromium
  let page: Page
  const pageErrors: string[] = []

  beforeAll(async () => {
    const redirects = (app: string) => [redirectUri(app)]
    sandbox = await startSandbox({ hostname: 'localhost', host: '127.0.0.1', port: 0, redirectUri: redirects })
    chromium = await openChromium()
    page = await (await chromium.newContext()).newPage()
    page.on('pageerror', (error) => pageErrors.push(error.message))
    await page.goto(sandbox.url)
  })
  beforeEach(async () => {
    await control(sandbox, 'POST', '/reset')
    await control(sandbox, 'POST', '/acme-mail/revoke')
    await lookAgain()
    await page.locator('#acme-mail').getByText('No access is granted now').waitFor()
  })
  afterAll(async () => {
    await chromium?.close()
    await sandbox?.close()
  })

  const mint = async (account: string) => {
    const [grant] = await sandbox.mintGrants('acme-mail', { accounts: [account] })
    if (!grant) throw new Error('no grant')
    return grant
  }
  /** Like a person who comes back to the page: it refreshes right away. */
  const lookAgain = () => page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange')))
  const rowOf = (grant: string) => page.locator(`#acme-mail [data-slot=grants] li[data-grant="${grant}"]`)
  const outcome = () => page.locator('#acme-mail [data-slot=outcome]')
  const isFocused = (element: Locator) => element.evaluate((each) => each === document.activeElement)

  test('granted access appears by itself, with the account, the scopes, the time and the number of tokens', async () => {
    const { grant } = await mint('ada-work')
    await rowOf(grant).waitFor()
    const words = (await rowOf(grant).textContent()) ?? ''
    expect(words).toContain('ada@northwind.example')
    expect(words).toContain('openid, email, offline_access, mail.read, mail.send, mail.labels')
    expect(words).toMatch(/Since \d/)
    expect(words).toMatch(/1\u00a0access token \(until .+\), 1\u00a0refresh token/)
  })

  test('the buttons work from the keyboard, say what they did and keep the focus', async () => {
    const client = new Client(appOf(sandbox))
    const other = await mint('ada-private')
    const { grant, accessToken, refreshToken } = await mint('ada-work')
    await lookAgain()
    const button = (name: RegExp) => rowOf(grant).getByRole('button', { name })
    await button(/^Expire tokens for ada@northwind.example/).focus()
    await page.keyboard.press('Enter')
    await outcome().getByText('Expired the access tokens for ada@northwind.example').waitFor()
    expect(await outcome().textContent()).toContain('Patchbay gets a new token')
    await rowOf(grant).getByText('no access tokens, 1 refresh token').waitFor()
    expect((await client.userinfo(accessToken)).status).toBe(401)
    await page.keyboard.press('Enter')
    await outcome().getByText('ada@northwind.example has no access tokens to expire.').waitFor()
    expect(await isFocused(button(/^Expire tokens/))).toBe(true)

    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await outcome().getByText('Broke the refresh token for ada@northwind.example').waitFor()
    expect((await client.refresh(refreshToken ?? '')).status).toBe(400)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await outcome().getByText('Revoked access for ada@northwind.example').waitFor()
    await rowOf(grant).waitFor({ state: 'detached' })
    expect(await isFocused(outcome())).toBe(true)
    expect((await client.userinfo(other.accessToken)).status).toBe(200)
    expect(await rowOf(other.grant).count()).toBe(1)
  })

  test('a button keeps the focus while rows around it come and go', async () => {
    const { grant } = await mint('ada-work')
    await lookAgain()
    const revoke = rowOf(grant).getByRole('button', { name: /^Revoke access/ })
    await revoke.focus()
    const later = await mint('ada-private')
    await lookAgain()
    await rowOf(later.grant).waitFor()
    await control(sandbox, 'POST', '/acme-mail/revoke', { grant: later.grant })
    await lookAgain()
    await rowOf(later.grant).waitFor({ state: 'detached' })
    expect(await isFocused(revoke)).toBe(true)
  })

  test('a response that is older than a change is not shown', async () => {
    const { grant } = await mint('ada-work')
    await lookAgain()
    await rowOf(grant).waitFor()
    let letGo = () => {}
    const released = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const asked = new Promise<Request>((isAsked) => {
      const keepBack = async (route: Route) => {
        const response = await route.fetch()
        isAsked(route.request())
        await released
        await route.fulfill({ response })
      }
      void page.route('**/control/api', keepBack, { times: 1 })
    })
    await lookAgain()
    const early = await asked
    await rowOf(grant)
      .getByRole('button', { name: /^Revoke access/ })
      .click()
    await rowOf(grant).waitFor({ state: 'detached' })
    const answered = page.waitForEvent('requestfinished', (request) => request === early)
    letGo()
    await answered
    await page.evaluate(() => new Promise((turn) => setTimeout(turn)))
    expect(await rowOf(grant).count()).toBe(0)
  })

  test('only the latest of many grants are shown, and the buttons for everyone act on all of them', async () => {
    const accounts = Array.from({ length: 14 }, (_, index) => `bench-${index}`)
    await sandbox.mintGrants('acme-mail', { accounts })
    await lookAgain()
    await page.locator('#acme-mail').getByText('And 4 more.').waitFor()
    expect(await page.locator('#acme-mail li[data-grant]').count()).toBe(10)
    await page.getByTestId('break-acme-mail').click()
    await outcome().getByText('Broke the refresh token for everyone').waitFor()
    const { grants } = await (await control(sandbox, 'GET', '/acme-mail')).json()
    expect(new Set(grants.map((each: { refreshTokens: number }) => each.refreshTokens))).toEqual(new Set([0]))
  })

  test('a failure is chosen from a list, and a name that isn’t in the list is shown as it is', async () => {
    await page.locator('#acme-mail').getByText('Advanced').click()
    await page.locator('#acme-mail').getByText('Token endpoint failures').click()
    await page.locator('#acme-mail-tokenError').selectOption('bad_refresh_token')
    await page.locator('#acme-mail-tokenErrorTimes').fill('2')
    await page.locator('#acme-mail-tokenErrorTimes').blur()
    const behavior = async () => (await (await control(sandbox, 'GET', '/acme-mail')).json()).behaviour
    await expect.poll(behavior).toMatchObject({ tokenError: 'bad_refresh_token', tokenErrorTimes: 2 })
    await control(sandbox, 'PATCH', '/acme-mail', { tokenError: 'an_alias' })
    await lookAgain()
    await expect.poll(() => page.locator('#acme-mail-tokenError').inputValue()).toBe('an_alias')
  })

  test('a narrow screen shows everything in light and dark, and every button says whose access it is about', async () => {
    const { grant } = await mint('ada-work')
    await lookAgain()
    await rowOf(grant).waitFor()
    await page.locator('details').evaluateAll((all) => all.forEach((each) => void each.setAttribute('open', '')))
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: 320, height: 700 })
      const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
      expect(content).toBe(screen)
    }
    const targets = page.locator('a:visible, button:visible, summary:visible, select:visible, label:visible')
    const low = await targets.evaluateAll((all) =>
      all.filter((each) => each.getBoundingClientRect().height < 39.5).map((each) => each.textContent),
    )
    expect(low).toEqual([])
    const names = await rowOf(grant)
      .getByRole('button')
      .evaluateAll((buttons) => buttons.map((button) => [button.textContent, button.getAttribute('aria-label')]))
    expect(names).toHaveLength(3)
    for (const [text, name] of names) expect(name).toMatch(`${text} for ada@northwind.example at Acme Mail`)
    expect(pageErrors).toEqual([])
  })
})
