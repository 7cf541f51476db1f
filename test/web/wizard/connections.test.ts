import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { COUNTED, cases } from '../../support/counts.js'
import { PATIENT } from '../../support/patience.js'
import { control } from '../../support/sandbox-client.js'
import { LOOKS, startWizardScene, type WizardScene } from './scene.js'
import { ConsentWindow } from './screen.js'

describe('the connections page in Chromium', { ...PATIENT, tags: 'chromium' }, () => {
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

  interface Prepared extends BrowserContextOptions {
    setups?: string[]
    /** Other accounts at these apps. */
    privateToo?: string[]
  }

  /** The connections page of a user who has connected these apps, and then started these setups. */
  async function withApps(apps: string[], { setups = [], privateToo = [], ...options }: Prepared = {}) {
    const user = scene.newcomer()
    const elsewhere = scene.elsewhere(user)
    for (const app of apps) await elsewhere.connect(app)
    for (const app of privateToo) await elsewhere.connect(app, { account: 'ada-private' })
    for (const plugin of setups) await elsewhere.start(plugin)
    const device = await scene.device(user, options)
    const screen = await scene.open(device, '/connections')
    return { elsewhere, screen, [Symbol.asyncDispose]: () => device.close() }
  }

  test.each(cases(LOOKS))(
    'the menu of a row works by keyboard in $locale and $colorScheme colors, and Escape returns the focus to its button',
    COUNTED,
    async ({ locale, texts: { connections: texts }, colorScheme }) => {
      await using person = await withApps(['acme-mail'], { locale, colorScheme })
      const { screen } = person
      const { keyboard } = screen.page
      const button = screen.actions('Acme Mail')
      const items = screen.page.getByRole('menuitem')
      const focused = () => screen.page.evaluate(() => document.activeElement?.textContent)
      for (const key of ['Enter', 'Space', 'ArrowDown']) {
        await button.press(key)
        await expect.poll(focused, { message: key }).toBe(texts.verify)
        expect(await button.getAttribute('aria-expanded')).toBe('true')
        await keyboard.press('Escape')
        await items.first().waitFor({ state: 'detached' })
        expect(await button.evaluate((element) => element === document.activeElement), key).toBe(true)
      }
      await button.press('ArrowUp')
      await expect.poll(focused).toBe(texts.disconnect)
      await keyboard.press('ArrowDown')
      await expect.poll(focused).toBe(texts.verify)
      await keyboard.press('End')
      await expect.poll(focused).toBe(texts.disconnect)
      await keyboard.press(texts.details.charAt(0).toLowerCase())
      await expect.poll(focused).toBe(texts.details)
      await keyboard.press('Enter')
      await screen.reads(texts.allowed)
      expect(await button.evaluate((element) => element === document.activeElement)).toBe(true)
      await button.press('Enter')
      await keyboard.press('Tab')
      await items.first().waitFor({ state: 'detached' })
    },
  )

  test('a broken account comes first, with the only primary action of the page', async () => {
    await using person = await withApps(['acme-mail', 'acme-chat'])
    const { screen } = person
    await control(scene.patchbay.sandbox, 'POST', '/acme-chat/revoke', {})
    await screen.choose('Acme Chat', 'Check now')
    await screen.page.locator('li[data-status=BROKEN]').waitFor()
    const names = await screen.page.locator('.connections h2').allTextContents()
    expect(names).toEqual(['Acme Chat', 'Acme Mail'])
    expect(await screen.page.locator('.button--primary').count()).toBe(1)
    await screen.page.locator('.button--primary').and(screen.button('Reconnect Acme Chat')).waitFor()
  })

  test('what became of each app is announced, and the focus follows the row', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device, '/connections')
    const focused = () => screen.page.evaluate(() => document.activeElement?.textContent)
    const mail = await screen.consentWindow('Connect Acme Mail')
    await mail.allow()
    await screen.actions('Acme Mail').waitFor()
    await expect.poll(() => screen.said()).toContain('Acme Mail is live.')
    await expect.poll(focused).toBe('Acme Mail')
    await (await screen.consentWindow('Connect Acme Chat')).allow()
    await screen.actions('Acme Chat').waitFor()
    await expect.poll(focused).toBe('Acme Chat')
    await screen.choose('Acme Chat', 'Disconnect')
    await screen.page.getByText('No setup uses it.', { exact: true }).waitFor()
    await screen.page.getByRole('dialog').getByRole('button', { name: 'Disconnect', exact: true }).press('Enter')
    await screen.button('Connect Acme Chat').waitFor()
    await expect.poll(focused).toBe('Connections')
  })

  test('disconnecting names only the skills that stop, and says which plugins work without the app', async () => {
    await using person = await withApps(['acme-calendar', 'acme-chat'], {
      setups: ['standup-writer'],
      privateToo: ['acme-calendar'],
    })
    const { screen, elsewhere } = person
    await elsewhere.connect('acme-chat')
    await elsewhere.connect('acme-calendar')
    await elsewhere.start('meeting-assistant')
    const impact = screen.page.getByRole('dialog').locator('.notice')
    await screen.actions('Acme Chat').waitFor()
    await screen.choose('Acme Calendar', 'Disconnect')
    await impact.getByText('Standup Writer works without it, except for this skill:').waitFor()
    await impact
      .getByText('Meeting Assistant will use another account, or ask you to connect again. Until then, this skill may')
      .waitFor()
    const stopping = ['Add today’s meetings', 'Send reminders'] // “Find a time” doesn't work yet
    expect(await impact.getByRole('listitem').allTextContents()).toEqual(stopping)
    await screen.page.keyboard.press('Escape')
    await screen.choose('Acme Chat', 'Disconnect')
    await impact
      .getByText('Meeting Assistant will ask you to connect again. Until then, this skill won’t work:')
      .waitFor()
  })

  test('what was disconnected is shown until it’s dismissed, and the setups that still need it are one sentence', async () => {
    await using person = await withApps(['acme-mail'], { setups: ['meeting-assistant', 'inbox-helper'] })
    const { screen } = person
    await screen.choose('Acme Mail', 'Disconnect')
    await screen.page.getByRole('dialog').getByRole('button', { name: 'Disconnect', exact: true }).click()
    await screen.reads('ada@northwind.example is disconnected from Acme Mail.')
    await screen.reads('What was stored here is deleted, and access at Acme Mail is being revoked.')
    const sentence = screen.page.locator('.notice--good > span', { hasText: 'Still needed by' })
    expect(await sentence.textContent()).toMatch(
      /^Still needed by [A-Z][a-z]+ [A-Z][a-z]+ and [A-Z][a-z]+ [A-Z][a-z]+\.$/,
    )
    expect(await sentence.getByRole('link').count()).toBe(2)
    await screen.button('Connect Acme Mail').waitFor()
    await screen.button('Dismiss').click()
    await screen.readsNot('What was stored here is deleted, and access at Acme Mail is being revoked.')
  })

  test('an app that needs more permissions says which of its setups needs them, and the row and its menu grant them', async () => {
    await using person = await withApps(['acme-mail'], { setups: ['meeting-assistant'] })
    const { screen, elsewhere } = person
    const row = screen.page.locator('.connection__row', { hasText: 'Used by' })
    const grant = screen.button('Grant permissions Acme Mail')
    await row.getByText('Needs permissions', { exact: true }).waitFor()
    expect(await row.locator('.pill').allTextContents()).toEqual(['Needs permissions'])
    expect(await row.locator('.pill--warn').count()).toBe(0) // no one has asked for them yet
    await screen.readsNot('(needs permissions)') // it would be the only setup
    await screen.page.locator('.button--primary').and(grant).waitFor()
    const popup = await screen.consentWindow('Grant permissions Acme Mail')
    await popup.allow({ untick: ['mail.send'] })
    await row.locator('.pill--warn').getByText('Needs permissions', { exact: true }).waitFor()
    const [again] = await Promise.all([
      screen.page.waitForEvent('popup'),
      screen.choose('Acme Mail', 'Grant permissions'),
    ])
    const elsewhereToo = await scene.open(screen.page.context(), '/connections')
    await elsewhereToo.reads('You’re granting permissions for Acme Mail in another window or on another device.')
    await new ConsentWindow(again).allow()
    await row.getByText('Live', { exact: true }).waitFor()
    await grant.waitFor({ state: 'detached' })
    await elsewhere.start('inbox-helper')
    await row
      .getByRole('listitem')
      .filter({ hasText: /^Inbox Helper\s\(needs permissions\)/ })
      .waitFor()
    await row
      .getByRole('listitem')
      .filter({ hasText: /^Meeting Assistant,? $/ })
      .waitFor()
  })

  test('an authorization that no setup needs is still there after a reload, and can be canceled', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device, '/connections')
    await screen.consentWindow('Connect Acme Mail')
    await screen.reads('Finish in the Acme Mail window')
    await screen.page.reload()
    await screen.reads('You’re connecting Acme Mail in another window or on another device.')
    expect(await screen.page.locator('.button--primary').allTextContents()).toEqual(['Continue here instead'])
    await screen.button('Cancel').click()
    await screen.button('Connect Acme Mail').waitFor()
    await screen.readsNot('You’re connecting Acme Mail in another window or on another device.')
  })

  test('an app that only an administrator can repair isn’t offered to be tried again', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device, '/connections')
    await control(scene.patchbay.sandbox, 'PATCH', '/acme-mail', { tokenError: 'invalid_client' })
    await (await screen.consentWindow('Connect Acme Mail')).allow()
    await screen.reads('Ask your administrator to check the client ID and secret for Acme Mail.')
    expect(await screen.button('Connect Acme Mail').textContent()).toBe('Connect')
    await control(scene.patchbay.sandbox, 'POST', '/reset')
    await (await screen.consentWindow('Connect Acme Mail')).deny()
    await screen.reads('You didn’t give access to Acme Mail.')
    await screen.button('Try again Acme Mail').waitFor()
  })

  test('a redirect that ends in a denial says so, until the page is left', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device, '/connections')
    await screen.button('Connect Acme Mail').waitFor()
    await screen.page.evaluate(() => {
      window.open = () => null
    })
    await screen.button('Connect Acme Mail').click()
    await new ConsentWindow(screen.page).deny()
    const alert = screen.page.getByRole('alert')
    await alert.getByText('You didn’t give access to Acme Mail.').waitFor()
    expect(await alert.getAttribute('class')).toBe('notice notice--calm')
    expect(new URL(screen.page.url()).search).toBe('')
    await screen.page.getByRole('link', { name: 'My skills', exact: true }).click()
    await screen.page.goBack()
    await screen.button('Connect Acme Mail').waitFor()
    expect(await alert.count()).toBe(0)
  })

  test('an authorization of a setup that is still open can be canceled after the browser was closed', async () => {
    const user = scene.newcomer()
    const closed = scene.elsewhere(user)
    await closed.start('meeting-assistant')
    await closed.ask('acme-mail')
    await using device = await scene.device(user)
    const screen = await scene.open(device, '/connections')
    await screen.reads('You’re connecting Acme Mail in another window or on another device.')
    await screen.button('Cancel').click()
    await screen.button('Connect Acme Mail').waitFor()
  })
})
