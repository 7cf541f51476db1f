import type { BrowserContextOptions, Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { COUNTED, cases } from '../../support/counts.js'
import { PATIENT } from '../../support/patience.js'
import { control } from '../../support/sandbox-client.js'
import type { Elsewhere } from './elsewhere.js'
import { LOOKS, startWizardScene, type WizardScene } from './scene.js'
import { ConsentWindow, MEETING_ASSISTANT } from './screen.js'

describe('the wizard in Chromium', { ...PATIENT, tags: 'chromium' }, () => {
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

  const behave = (behaviour: object, app = 'acme-mail') =>
    control(scene.patchbay.sandbox, 'PATCH', `/${app}`, behaviour)

  /** The page of the meeting assistant's setup, after a newcomer has started it and done this elsewhere. */
  async function started(prepare?: (elsewhere: Elsewhere) => Promise<unknown>, options?: BrowserContextOptions) {
    const user = scene.newcomer()
    const elsewhere = scene.elsewhere(user)
    await elsewhere.start('meeting-assistant')
    await prepare?.(elsewhere)
    const device = await scene.device(user, options)
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.page.getByRole('heading', { name: screen.texts.setup.steps }).waitFor()
    return { user, elsewhere, device, screen, [Symbol.asyncDispose]: () => device.close() }
  }

  const withMail = (elsewhere: Elsewhere) => elsewhere.connect('acme-mail')
  const withoutSending = (elsewhere: Elsewhere) => elsewhere.connect('acme-mail', { untick: ['mail.send'] })
  /** Access at Acme Mail was revoked, and Patchbay knows. */
  async function breakMail(elsewhere: Elsewhere): Promise<void> {
    await control(scene.patchbay.sandbox, 'POST', '/acme-mail/revoke', {})
    await elsewhere.check('acme-mail')
  }

  test('a newcomer finds a plugin, connects its three apps and reads what each skill can do', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device)
    await screen.page.getByRole('searchbox').fill('meeting')
    await screen.page.getByRole('heading', { name: 'Inbox Helper' }).waitFor({ state: 'detached' })
    await screen.button('Start setup Meeting Assistant').click()
    await screen.reads('Connect your apps')
    expect(new URL(screen.page.url()).pathname).toBe(MEETING_ASSISTANT)
    await screen.reads('They’re already in My skills.')
    await screen.reads('To read your invitations and email the notes to everyone who attended.')
    await screen.reads('Read your mail: messages and attachments in every folder')

    const mail = await screen.consentWindow('Connect Acme Mail')
    await screen.shows('Acme Mail', 'AUTHORIZING')
    await screen.reads('Finish in the Acme Mail window')
    const closed = mail.page.waitForEvent('close')
    await mail.allow()
    await screen.shows('Acme Mail', 'LIVE')
    await screen.reads('Connected as ada@northwind.example')
    await screen.reads('1 of 3 connected')
    await closed // by itself
    await screen.connect('Acme Calendar')
    await screen.connect('Acme Chat')

    await screen.page.getByRole('heading', { name: 'Meeting Assistant is ready' }).waitFor()
    await screen.reads('Compares calendars and suggests times by email.')
    const said = (await screen.said()).join(' ')
    expect(said).toContain('Acme Mail is live. Next: Acme Calendar.')
    expect(said).toContain('Meeting Assistant is ready.')

    await screen.page.getByRole('link', { name: 'View in My skills' }).click()
    await screen.page.getByRole('heading', { name: 'My skills', exact: true }).waitFor()
    expect(await screen.page.locator('.row .pill--good').allTextContents()).toEqual(['Ready', 'Ready', 'Ready'])
  })

  test.each(cases(LOOKS))(
    'the whole flow works by keyboard in $locale and $colorScheme colors, and the focus stays where the user is',
    COUNTED,
    async ({ locale, texts, colorScheme }) => {
      await using first = await started(undefined, { locale, colorScheme })
      const { screen } = first
      const { keyboard } = screen.page
      await screen.button(texts.remedy.CONNECT('Acme Mail')).focus()
      const [popup] = await Promise.all([screen.page.waitForEvent('popup'), keyboard.press('Enter')])
      await screen.button(texts.step.reopen).waitFor()
      const consent = new ConsentWindow(popup)
      await consent.page.getByTestId('account-ada-work').focus()
      await consent.page.keyboard.press('Enter')
      await consent.page.getByTestId('allow').focus()
      await consent.page.keyboard.press('Enter')
      await screen.shows('Acme Mail', 'LIVE')
      const focused = () => screen.page.evaluate(() => document.activeElement?.closest('li.step')?.textContent ?? '')
      await expect.poll(focused).toContain('Acme Mail')
      for (let presses = 0; presses < 6; presses++) {
        await keyboard.press('Tab')
        const label = await screen.page.evaluate(() => document.activeElement?.textContent)
        if (label === texts.remedy.CONNECT('Acme Calendar')) break
      }
      const [calendar] = await Promise.all([screen.page.waitForEvent('popup'), keyboard.press('Enter')])
      await new ConsentWindow(calendar).allow()
      await screen.shows('Acme Calendar', 'LIVE')
    },
  )

  test('an app that was connected before is recognized, and only what is missing remains to be done', async () => {
    await using first = await started(withMail)
    const { screen, elsewhere } = first
    const other = await scene.open(first.device, '/plugins/inbox-helper')
    await other.start()
    await other.shows('Acme Mail', 'MISSING_SCOPES')
    await other.reads('You connected Acme Mail earlier. This plugin needs more permissions.')
    await other.reads('0 of 2 ready, 1 needs permissions')
    await other.reads('Not granted yet')
    expect(await other.page.locator('main :is(.notice--warn, .pill--warn, .notice--bad)').count()).toBe(0)
    const words = [other.step('Acme Mail').locator('.step__head .pill'), other.page.locator('.plugin-head .pill')]
    for (const word of words) expect(await word.textContent()).toBe('Needs permissions')
    expect(await other.page.getByRole('progressbar').getAttribute('value')).toBe('0') // nothing is done yet
    const follow = (name: string) => other.page.getByRole('link', { name, exact: true }).click()
    await follow('Plugins')
    const card = other.page.locator('li.plugin', { hasText: 'Inbox Helper' })
    await card.getByText('0 of 2 ready, 1 needs permissions').waitFor()
    expect(await card.locator('.pill').textContent()).toBe('Needs permissions')
    expect(await card.locator('.pill').getAttribute('class')).not.toContain('pill--')
    await other.page.goBack()
    await other.connect('Acme Mail', 'Grant permissions')
    await screen.shows('Acme Mail', 'LIVE') // the first plugin isn't affected
    await elsewhere.start('inbox-helper')
    await elsewhere.connect('acme-calendar')
    await other.shows('Acme Calendar', 'LIVE')
    await follow('Connections')
    await other.page.locator('.event', { hasText: 'You granted more permissions for Acme Mail' }).waitFor()

    await follow('Plugins')
    await other.page.locator('main a[href="/plugins/standup-writer"]').first().click()
    await other.start()
    await other.reads('Optional')
    await other.shows('GitHub', 'UNAVAILABLE')
    await other.reads('This app isn’t available yet. Your administrator has to set it up first.')
    await other.shows('Acme Calendar', 'LIVE') // the consent for one plugin requested what the other needs
    await other.reads('You connected it earlier, so there’s nothing to do.')
  })

  test('permissions that were left out are named, and granting them makes the step live', async () => {
    await using first = await started()
    const { screen } = first
    const popup = await screen.consentWindow('Connect Acme Mail')
    await popup.allow({ untick: ['mail.send'] })
    await screen.shows('Acme Mail', 'MISSING_SCOPES')
    const missing = screen.step('Acme Mail').locator('li.is-missing')
    expect(await missing.allTextContents()).toEqual([expect.stringContaining('Send mail as you')])
    await screen.reads('0 of 3 ready, 1 needs permissions')
    expect(await screen.page.locator('main .notice').count()).toBe(0) // the status, the list and the button say it
    await screen.step('Acme Mail').locator('.pill--warn').getByText('Needs permissions', { exact: true }).waitFor()
    const namesApps = async (skill: Locator) => {
      await skill.filter({ hasText: 'Send the notes' }).getByText('Needs permissions for Acme Mail').waitFor()
      const other = skill.filter({ hasText: 'Find a time' })
      await other.getByText('Waiting for Acme Calendar', { exact: true }).waitFor()
      await other.getByText('Needs permissions for Acme Mail', { exact: true }).waitFor()
    }
    await namesApps(screen.page.locator('aside .skill'))
    await screen.page.getByRole('link', { name: 'My skills', exact: true }).click()
    await namesApps(screen.page.locator('.row'))
    await screen.page.goBack()
    await screen.connect('Acme Mail', 'Grant permissions')
    await screen.readsNot('Not granted yet')
  })

  test('another page says what the person is doing elsewhere: granting permissions, or reconnecting', async () => {
    await using first = await started(withoutSending)
    const { screen, elsewhere } = first
    const other = await scene.open(first.device, MEETING_ASSISTANT)
    const granting = await screen.consentWindow('Grant permissions')
    await other.reads('You’re granting permissions for Acme Mail in another window or on another device.')
    await granting.allow()
    await other.shows('Acme Mail', 'LIVE')
    await breakMail(elsewhere)
    await screen.shows('Acme Mail', 'BROKEN')
    await screen.consentWindow('Reconnect Acme Mail')
    await other.reads('You’re reconnecting Acme Mail in another window or on another device.')
  })

  test('a user who signs in to another account than the connected one reads which that is, and can connect the other', async () => {
    await using first = await started(withoutSending)
    const { screen } = first
    await (await screen.consentWindow('Grant permissions')).allow({ account: 'ada-private' })
    const step = screen.step('Acme Mail')
    await step.getByText('with the account you connected, or connect the other one in addition.').waitFor()
    await step.getByText('Connected as ada@northwind.example').waitFor()
    const connections = await scene.open(first.device, '/connections')
    await connections.page.locator('.event', { hasText: 'You signed in to another account at Acme Mail' }).waitFor()
    await (await screen.consentWindow('Connect another account Acme Mail')).allow()
    await screen.shows('Acme Mail', 'LIVE')
    await step.getByText('Connected as ada.private@mail.example').waitFor()
  })

  test('a connection that works and is reconnected elsewhere is not this page’s concern', async () => {
    await using first = await started(withMail)
    const { screen, elsewhere } = first
    const primary = () => screen.page.locator('main .button--primary').allTextContents()
    const connections = await scene.open(first.device, '/connections')
    await connections.actions('Acme Mail').waitFor()
    const opened = connections.page.waitForEvent('popup')
    await connections.choose('Acme Mail', 'Reconnect')
    await opened
    await connections.reads('Finish in the Acme Mail window')
    await elsewhere.ask('acme-chat')
    await screen.reads('You’re connecting Acme Chat in another window or on another device.')
    await screen.button('Cancel').click()
    await expect.poll(primary).toEqual(['Connect Acme Calendar'])
    expect(await screen.page.locator('.waiting').count()).toBe(0)
    await connections.page.reload()
    await connections.reads('You’re reconnecting Acme Mail in another window or on another device.')
  })

  test('what only an administrator can repair is no primary action, and nothing says to try it again', async () => {
    await using first = await started()
    const { screen, elsewhere } = first
    const primary = screen.page.locator('main .button--primary')
    await control(scene.patchbay.sandbox, 'PATCH', '/acme-mail', { tokenError: 'invalid_client' })
    await (await screen.consentWindow('Connect Acme Mail')).allow()
    await screen.reads('Ask your administrator to check the client ID and secret for Acme Mail.')
    await screen.button('Connect Acme Mail').waitFor()
    await expect.poll(() => primary.allTextContents()).toEqual(['Connect Acme Calendar'])

    await control(scene.patchbay.sandbox, 'POST', '/reset')
    await withMail(elsewhere)
    await screen.shows('Acme Mail', 'LIVE')
    await breakMail(elsewhere)
    await screen.reads('Acme Mail needs your attention.')
    await control(scene.patchbay.sandbox, 'PATCH', '/acme-mail', { tokenError: 'invalid_client' })
    await (await screen.consentWindow('Reconnect Acme Mail')).allow()
    await screen.reads('Only your administrator can help with Acme Mail.')
    await screen.page.locator('main').getByText('Acme Mail needs your attention.').waitFor({ state: 'detached' })
    await screen.page.getByText('Acme Mail access was revoked.', { exact: true }).waitFor()
    await expect.poll(() => primary.allTextContents()).toEqual(['Connect Acme Calendar'])
  })

  test('the primary action is about the app that needs the person, or that they are connecting, and about one at a time', async () => {
    await using first = await started()
    const { screen, elsewhere } = first
    const primary = () => screen.page.locator('main .button--primary').allTextContents()
    const current = () => screen.page.locator('.step--current h3').allTextContents()
    expect(await current()).toEqual(['Acme Mail'])
    const calendar = await screen.consentWindow('Connect Acme Calendar')
    await expect.poll(current).toEqual(['Acme Calendar'])
    expect(await primary()).toEqual(['Reopen'])
    await calendar.allow({ untick: ['calendar.write'] })
    await screen.shows('Acme Calendar', 'MISSING_SCOPES')
    await calendar.page.getByText('Acme Calendar is connected, but needs permissions').waitFor()
    await screen.reads('0 of 3 ready, 1 needs permissions')
    expect(await primary()).toEqual(['Grant permissions'])
    await elsewhere.ask('acme-chat')
    await expect.poll(current).toEqual(['Acme Chat'])
    expect(await primary()).toEqual(['Continue here instead'])
    await screen.button('Cancel').click()
    await expect.poll(current).toEqual(['Acme Calendar'])
    await elsewhere.connect('acme-calendar')
    await screen.shows('Acme Calendar', 'LIVE')
    expect(await primary()).toEqual(['Connect Acme Mail'])
  })

  test('a setup is ready without its optional apps, and says what to do while the connection of one is broken', async () => {
    const user = scene.newcomer()
    const elsewhere = scene.elsewhere(user)
    await elsewhere.start('standup-writer')
    await elsewhere.connect('acme-chat')
    await using device = await scene.device(user)
    const screen = await scene.open(device, '/plugins/standup-writer')
    await screen.reads('Standup Writer is ready')
    await screen.shows('Acme Calendar', 'NOT_CONNECTED')
    await screen.reads('Connect Acme Calendar to let the plugin do more.')
    const primary = () => screen.page.locator('main .button--primary').allTextContents()
    expect(await primary()).toEqual(['View in My skills'])

    await elsewhere.connect('acme-calendar')
    await screen.readsNot('Connect Acme Calendar to let the plugin do more.')
    await control(scene.patchbay.sandbox, 'POST', '/acme-calendar/revoke', {})
    const settings = await scene.open(device, '/connections')
    await settings.choose('Acme Calendar', 'Check now')
    await screen.reads('Reconnect Acme Calendar to let the plugin do more.')
    await screen.reads('Standup Writer is ready')
    expect(await primary()).toEqual(['Reconnect Acme Calendar'])
    expect(await screen.page.locator('.plugin-head > .pill').textContent()).toBe('Ready')
    await settings.page.goto(scene.patchbay.url)
    const card = settings.page.locator('li.plugin', { hasText: 'Standup Writer' })
    await card.getByText('Reconnect Acme Calendar to let the plugin do more.').waitFor()
    expect(await card.locator('.pill').textContent()).toBe('Ready')
    expect(await card.getByText('1 of 1 required app connected').count()).toBe(0)
    expect(await card.locator('.button--primary').textContent()).toBe('Reconnect Standup Writer')
  })

  test('a user who denies a reconnection still reads what is wrong with the connection', async () => {
    await using first = await started(async (elsewhere) => {
      await withMail(elsewhere)
      await breakMail(elsewhere)
    })
    const { screen } = first
    await screen.shows('Acme Mail', 'BROKEN')
    await (await screen.consentWindow('Reconnect Acme Mail')).deny()
    await screen.step('Acme Mail').getByText('You didn’t give access to Acme Mail.').waitFor()
    await screen.step('Acme Mail').getByText('Acme Mail access was revoked. Reconnect to continue.').waitFor()
    await screen.button('Reconnect Acme Mail').waitFor()
  })

  test('after a denial, an abandoned authorization and an app’s failure, a user reads the reason and can try again', async () => {
    await using first = await started()
    const { screen } = first
    const step = screen.step('Acme Mail')
    const alert = step.getByRole('alert')
    const popup = await screen.consentWindow('Connect Acme Mail')
    await popup.deny()
    await alert.waitFor()
    expect(await alert.textContent()).toContain('You didn’t give access to Acme Mail.')
    expect(await alert.getAttribute('class')).toBe('notice notice--calm')
    await screen.shows('Acme Mail', 'NOT_CONNECTED')

    await screen.consentWindow('Try again')
    await screen.shows('Acme Mail', 'AUTHORIZING')
    await alert.waitFor({ state: 'detached' })
    await scene.patchbay.database.db.authorization.updateMany({
      where: { status: { in: ['PENDING', 'OPENED'] } },
      data: { expiresAt: new Date(Date.now() - 1_000) },
    })
    await alert.waitFor() // by itself

    await behave({ tokenStatus: 503 })
    const failing = await screen.consentWindow('Try again')
    await alert.waitFor({ state: 'detached' })
    await failing.allow()
    await alert.waitFor()
    await control(scene.patchbay.sandbox, 'POST', '/reset')
    await screen.connect('Acme Mail', 'Try again')
    expect(await alert.count()).toBe(0)
  })

  test('a window that was closed by hand can be opened again, and the same authorization continues', async () => {
    await using first = await started()
    const { screen } = first
    const popup = await screen.consentWindow('Connect Acme Mail')
    await popup.signIn()
    await popup.close()
    await screen.shows('Acme Mail', 'AUTHORIZING')
    await screen.step('Acme Mail').getByText('Closed it? You can reopen it.').waitFor()
    const again = await screen.consentWindow('Reopen')
    await again.allow()
    await screen.shows('Acme Mail', 'LIVE')
    expect(await attempts(first.user)).toEqual(['SUCCEEDED'])
  })

  test('if popups are blocked, the page itself goes to the app and comes back to the setup, or with the reason', async () => {
    await using first = await started()
    const { screen } = first
    const { page } = screen
    const leaveFor = async (app: string) => {
      await page.evaluate(() => {
        window.open = () => null
      })
      await screen.button(`Connect ${app}`).click()
      return new ConsentWindow(page)
    }
    await (await leaveFor('Acme Mail')).allow()
    await screen.shows('Acme Mail', 'LIVE')
    const address = new URL(page.url())
    expect(address.pathname + address.search).toBe(MEETING_ASSISTANT)

    await (await leaveFor('Acme Calendar')).deny()
    await screen.step('Acme Calendar').getByRole('alert').waitFor()
    expect(new URL(page.url()).search).toBe('')
  })

  test('consent in the first of two windows makes the step live on both pages', async () => {
    await using first = await started()
    const { screen } = first
    const popup = await screen.consentWindow('Connect Acme Mail')
    await popup.signIn()
    const other = await scene.open(first.device, MEETING_ASSISTANT)
    const second = await other.consentWindow('Continue here instead')
    await second.signIn()
    await popup.allow()
    await screen.shows('Acme Mail', 'LIVE')
    await other.shows('Acme Mail', 'LIVE')
    await other.readsNot('Finish in the Acme Mail window.')
    expect((await attempts(first.user)).toSorted()).toEqual(['SUCCEEDED', 'SUPERSEDED'])
  })

  test('another device sees the authorization, can start its own, and turns live with the first', async () => {
    await using first = await started()
    await using phone = await scene.device(first.user, { viewport: { width: 360, height: 740 } })
    const onPhone = await scene.open(phone, MEETING_ASSISTANT)
    const popup = await first.screen.consentWindow('Connect Acme Mail')
    await onPhone.reads('You’re connecting Acme Mail in another window or on another device.')
    await popup.allow()
    await onPhone.shows('Acme Mail', 'LIVE')

    const chat = await onPhone.consentWindow('Connect Acme Chat')
    await first.screen.reads('You’re connecting Acme Chat in another window or on another device.')
    await chat.allow()
    await first.screen.shows('Acme Chat', 'LIVE')
  })

  test('a long consent brings up a hint, its deadline in the last two minutes, and still makes the step live', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device, MEETING_ASSISTANT, (page) => page.clock.install())
    await screen.start()
    const popup = await screen.consentWindow('Connect Acme Mail')
    await popup.signIn()
    await screen.reads('Finish in the Acme Mail window')
    const { page } = screen
    expect(await page.getByText('No consent screen?').count()).toBe(0)
    await page.clock.fastForward('05:00')
    await screen.reads('No consent screen? Sign in to Acme Mail first, then come back here.')
    expect(await page.getByRole('link', { name: 'Sign in to Acme Mail' }).getAttribute('href')).toMatch(/sign-in$/)
    expect(await page.locator('.waiting').getByRole('button').allTextContents()).toEqual(['Reopen', 'Cancel'])
    await page.clock.fastForward('02:30')
    expect(await page.getByText('Expires at').count()).toBe(0)
    await page.clock.fastForward('00:45')
    await screen.reads('Expires at')
    await page.clock.resume()
    await popup.allow()
    await screen.shows('Acme Mail', 'LIVE')
  })

  test('canceling closes the window, and the step can be connected again from every page', async () => {
    await using first = await started()
    const { screen } = first
    const other = await scene.open(first.device, MEETING_ASSISTANT)
    const popup = await screen.consentWindow('Connect Acme Mail')
    await popup.signIn()
    await other.shows('Acme Mail', 'AUTHORIZING')
    const closed = popup.page.waitForEvent('close')
    await screen.button('Cancel').click()
    await closed
    await other.shows('Acme Mail', 'NOT_CONNECTED')
    await screen.button('Connect Acme Mail').waitFor()

    await screen.consentWindow('Connect Acme Mail')
    await other.shows('Acme Mail', 'AUTHORIZING')
    await other.button('Cancel').click()
    await screen.button('Connect Acme Mail').waitFor()
  })

  test('a step says that it is checking with the app, and turns live with the app’s answer', async () => {
    await using first = await started()
    const { screen } = first
    await behave({ holdToken: true })
    const popup = await screen.consentWindow('Connect Acme Mail')
    await popup.allow()
    await screen.reads('Checking with Acme Mail…')
    await control(scene.patchbay.sandbox, 'POST', '/acme-mail/release')
    await screen.shows('Acme Mail', 'LIVE')
    expect(await screen.said()).toContain('Checking with Acme Mail.')
  })

  test('a page that is reloaded during the consent continues from there', async () => {
    await using first = await started()
    const { screen } = first
    const popup = await screen.consentWindow('Connect Acme Mail')
    await popup.signIn()
    await screen.page.reload()
    await screen.shows('Acme Mail', 'AUTHORIZING')
    await popup.allow()
    await screen.shows('Acme Mail', 'LIVE')
  })

  test('another account can be denied while the step remains live, or connected, and either one chosen for this setup', async () => {
    await using first = await started(withMail)
    const { screen } = first
    await (await screen.consentWindow('Connect another account Acme Mail')).deny()
    await screen.step('Acme Mail').getByText('You didn’t give access to Acme Mail.').waitFor()
    await screen.shows('Acme Mail', 'LIVE')
    const popup = await screen.consentWindow('Connect another account Acme Mail')
    await popup.page.getByTestId('another-account').click()
    await popup.allow({ account: 'ada-private' })
    await screen.reads('Connected as ada.private@mail.example')
    await screen.page.getByLabel('Account Acme Mail').selectOption({ label: 'ada@northwind.example' })
    await screen.reads('Connected as ada@northwind.example')
  })

  test('a setup that is removed disappears from every page, and can be started again', async () => {
    await using first = await started()
    const { screen } = first
    const other = await scene.open(first.device, MEETING_ASSISTANT)
    await other.reads('Connect your apps')
    await screen.button('Remove setup').click()
    await screen.reads('Your connections stay.')
    await screen.page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await screen.reads('Setup removed.')
    await other.reads('This setup was removed in another window.')
    await screen.button('Start setup').click()
    await screen.reads('Connect your apps')
    await screen.page.getByRole('link', { name: 'My skills', exact: true }).click()
    await screen.reads('Find a time')
  })

  async function attempts(user: string): Promise<string[]> {
    const rows = await scene.patchbay.database.db.authorization.findMany({ where: { user: { subject: user } } })
    return rows.map(({ status }) => status)
  }
})
