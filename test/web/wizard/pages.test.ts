import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { de } from '../../../src/web/wizard/texts/de.js'
import { en, type Texts } from '../../../src/web/wizard/texts/en.js'
import { COUNTED, cases } from '../../support/counts.js'
import { PATIENT } from '../../support/patience.js'
import { control } from '../../support/sandbox-client.js'
import { LOOKS, startWizardScene, type WizardScene } from './scene.js'
import { cutOff, MEETING_ASSISTANT, type Screen } from './screen.js'

/** The JavaScript of the first load, compressed as it is sent. */
const MOST_SCRIPT_BYTES = 150 * 1024
const MOST_REQUESTS = 14

const NO_PLUGIN = '/plugins/no-such-plugin'

interface AxeResult {
  violations: { id: string; help: string; nodes: { target: string[]; failureSummary?: string }[] }[]
}

const kb = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`

describe('the wizard’s pages', { ...PATIENT, tags: 'chromium' }, () => {
  let scene: WizardScene
  /**
   * A user with one app live, one with missing permissions and one denied, so that their pages show every kind of
   * state.
   */
  let user: string
  beforeAll(async () => {
    scene = await startWizardScene()
    user = scene.newcomer()
    const elsewhere = scene.elsewhere(user)
    await elsewhere.start('meeting-assistant')
    await elsewhere.connect('acme-mail')
    await elsewhere.connect('acme-calendar', { untick: ['calendar.write'] })
    await elsewhere.connect('acme-chat', { allow: false })
    await elsewhere.start('standup-writer')
  }, PATIENT.timeout)
  afterEach(() => {
    expect(scene.pageErrors).toEqual([])
  })
  afterAll(() => scene?.[Symbol.asyncDispose]())

  const pages = (texts: Texts): readonly [name: string, path: string, shown: string][] => [
    ['plugins', '/', 'Inbox Helper'],
    ['a plugin', '/plugins/inbox-helper', texts.plugin.skills],
    ['a setup', MEETING_ASSISTANT, texts.setup.steps],
    ['a setup with optional apps', '/plugins/standup-writer', texts.setup.optionalSteps],
    ['My skills', '/mine', 'Find a time'],
    ['connections', '/connections', texts.activity.title],
    ['a page that is not', NO_PLUGIN, texts.notFound.title],
  ]

  /** Goes to the page by the links that people click, where there are any: plugins are on the first page. */
  async function see(page: Page, path: string, shown: string): Promise<void> {
    const isPlugin = path.startsWith('/plugins/')
    if (isPlugin && path !== NO_PLUGIN) await page.locator('nav a[href="/"]').click()
    const link = page.locator(isPlugin ? `main a[href="${path}"]` : `nav a[href="${path}"]`).first()
    if (path === NO_PLUGIN) await page.goto(`${scene.patchbay.url}${path}`)
    else await link.click()
    await page.waitForURL((url) => url.pathname === path)
    await page.getByText(shown).first().waitFor()
    await page.locator('.skeleton').first().waitFor({ state: 'detached' })
  }

  /** What axe finds, in words. Animations are skipped first, because colors count in their final state. */
  async function violations(page: Page): Promise<string[]> {
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
    const { violations } = await page.evaluate<AxeResult>(() =>
      (window as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run(),
    )
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
    )
  }

  describe.each(cases(LOOKS))('in $locale and $colorScheme colors', ({ locale, texts, colorScheme }) => {
    const look = { locale, colorScheme, reducedMotion: 'reduce', bypassCSP: true } as const

    test('axe finds nothing on any page, in the menu or in the dialogs', COUNTED, async () => {
      await using device = await scene.device(user, look)
      const screen = await scene.open(device)
      const { page } = screen
      for (const [name, path, shown] of pages(texts)) {
        await see(page, path, shown)
        expect(await page.locator('.button--primary').count(), `primary actions of ${name}`).toBeLessThanOrEqual(1)
        for (const summary of await page.locator('main details > summary').all()) await summary.click()
        expect(await violations(page), name).toEqual([])
      }
      await see(page, '/connections', texts.activity.title)
      await screen.actions('Acme Mail').click()
      expect(await violations(page), 'the menu of a connection').toEqual([])
      await page.getByRole('menuitem', { name: texts.connections.details }).click()
      expect(await violations(page), 'the details of a connection').toEqual([])
      await screen.choose('Acme Mail', texts.connections.disconnect)
      await page.getByText(texts.connections.impact).waitFor()
      expect(await violations(page), 'the dialog').toEqual([])
      await page.keyboard.press('Escape')
      await page.locator('.person > summary').click()
      expect(await violations(page), 'the menu').toEqual([])
    })

    test('axe finds nothing during a consent and when the setup is ready', COUNTED, async () => {
      const person = scene.newcomer()
      const elsewhere = scene.elsewhere(person)
      await elsewhere.start('inbox-helper')
      await using device = await scene.device(person, look)
      const screen = await scene.open(device, '/plugins/inbox-helper')
      await screen.consentWindow(texts.remedy.CONNECT('Acme Mail'))
      await screen.shows('Acme Mail', 'AUTHORIZING')
      expect(await violations(screen.page)).toEqual([])
      await elsewhere.connect('acme-mail')
      await elsewhere.connect('acme-calendar')
      await screen.reads(texts.setup.ready('Inbox Helper'))
      expect(await violations(screen.page)).toEqual([])
    })
  })

  // German words are the longest.
  const WIDTHS = [320, 768, 1920].flatMap((width) => [
    { width, locale: 'de-DE', texts: de },
    { width, locale: 'en-US', texts: en },
  ])
  test.each(cases(WIDTHS))(
    'nothing is cut off in $locale at a width of $width px, from left to right or from right to left',
    COUNTED,
    async ({ width, locale, texts }) => {
      await using device = await scene.device(user, { locale, viewport: { width, height: 800 } })
      const { page } = await scene.open(device)
      for (const [name, path, shown] of pages(texts)) {
        await see(page, path, shown)
        for (const direction of ['ltr', 'rtl']) {
          await page.evaluate((direction) => document.documentElement.setAttribute('dir', direction), direction)
          expect(await cutOff(page), `${name}, ${direction}`).toEqual([])
        }
      }
    },
  )

  test.each(
    cases([
      [360, 740],
      [768, 1024],
    ] as const),
  )('the first app of a setup can be connected without scrolling at %s × %s px', COUNTED, async (width, height) => {
    await using device = await scene.device(scene.newcomer(), { viewport: { width, height } })
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.start()
    await screen.reads('0 of 3 connected')
    const box = await screen.button('Connect Acme Mail').boundingBox()
    expect(box && box.y + box.height).toBeLessThan(height)
    expect(await screen.page.evaluate(() => scrollY)).toBe(0)
  })

  test('a newcomer is greeted, and a click anywhere on a card opens its plugin', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device)
    await screen.page.getByRole('heading', { name: 'Connect your apps once' }).waitFor()
    const standup = screen.page.locator('li.plugin', { hasText: 'Standup Writer' })
    await standup.getByText('GitHub isn’t available yet.', { exact: true }).waitFor()
    expect(await screen.page.locator('.button--primary').allTextContents()).toEqual(['Start with Inbox Helper'])
    await screen.page.locator('li.plugin', { hasText: 'Meeting Assistant' }).click({ position: { x: 200, y: 12 } })
    await screen.page.getByRole('heading', { name: 'Meeting Assistant' }).waitFor()
    await screen.start()
    await screen.page.goBack()
    await screen.page.getByRole('link', { name: 'Continue setup Meeting Assistant' }).waitFor()
    expect(await screen.page.getByRole('heading', { name: 'Connect your apps once' }).count()).toBe(0)
    await see(screen.page, '/plugins/standup-writer', en.step.unavailable)
    expect(await screen.page.locator('.start .notice').count()).toBe(0) // GitHub is optional
  })

  test('no tab is marked where there is nothing, only required apps are numbered, and instructions are rendered', async () => {
    await using device = await scene.device(user)
    const { page } = await scene.open(device, NO_PLUGIN)
    const marked = page.getByRole('navigation').locator('[aria-current]')
    await page.getByRole('heading', { name: 'Page not found' }).waitFor()
    expect(await marked.count()).toBe(0) // also below one of the tabs
    await see(page, MEETING_ASSISTANT, en.setup.steps)
    await expect.poll(() => marked.allTextContents()).toEqual(['Plugins'])

    await see(page, '/plugins/standup-writer', '0 of 1 required app connected')
    const numbered = (list: string) =>
      page
        .locator(`${list} .step__number`)
        .evaluateAll((all) => all.map((each) => getComputedStyle(each, '::before').content.startsWith('counter')))
    expect(await numbered('ol.steps')).toEqual([true])
    expect(await numbered('ul.steps')).toEqual([false, false])

    await see(page, '/mine', 'Find a time')
    await page.locator('summary', { hasText: 'Instructions Find a time' }).click()
    const items = page.locator('.markdown').first().getByRole('listitem')
    expect(await items.first().textContent()).toBe('Check the calendars for the next two weeks.') // not their source
    await page.getByRole('heading', { name: 'Find a time', level: 4 }).waitFor()
  })

  test('on a phone, a ready plugin without apps has the same heading as others', async () => {
    await using device = await scene.device(scene.newcomer(), { viewport: { width: 360, height: 740 } })
    const screen = await scene.open(device, '/plugins/plain-writer')
    await screen.reads('by Acme · Version 1.2.1')
    await screen.page.getByRole('heading', { name: 'Apps', exact: true }).waitFor() // it works with none
    await screen.button('Start setup').click()
    await screen.reads('Plain Writer is ready')
    for (const part of ['.plugin-head__version', '.plugin-head > .pill']) {
      expect(await screen.page.locator(part).isVisible(), part).toBe(false)
    }
  })

  test('the first load is small and takes few requests', async () => {
    await using device = await scene.device(scene.newcomer())
    const page = await device.newPage()
    const sizes = new Map<string, Promise<number>>()
    page.on('response', (response) => {
      sizes.set(
        response.url(),
        response
          .request()
          .sizes()
          .then(({ responseBodySize }) => responseBodySize),
      )
    })
    const started = performance.now()
    await page.goto(scene.patchbay.url)
    await page.getByRole('button', { name: /^Start setup Meeting/ }).click({ trial: true })
    const usableMs = performance.now() - started
    const all = await Promise.all([...sizes].map(async ([url, size]) => ({ url, bytes: await size })))
    const of = (ending: RegExp) => all.filter(({ url }) => ending.test(url)).reduce((sum, { bytes }) => sum + bytes, 0)
    const script = of(/\.js$/)
    console.log(
      `The wizard's first load: ${kb(script)} of script, ${kb(of(/\.css$/))} of style, ${kb(of(/\.woff2$/))} of type, ${all.length} requests; usable after ${Math.round(usableMs)} ms.`,
    )
    expect(script).toBeGreaterThan(10_000) // it is the real one
    expect(script).toBeLessThan(MOST_SCRIPT_BYTES)
    expect(all.length).toBeLessThanOrEqual(MOST_REQUESTS)
  })

  test('no page contacts any host except Patchbay, the token endpoint and the sandbox', () => {
    const allowed = [scene.patchbay.url, scene.host.tokenUrl, scene.patchbay.sandbox.url].map(
      (url) => new URL(url).host,
    )
    expect([...scene.asked].filter((host) => !allowed.includes(host))).toEqual([])
  })

  test('an account can be checked, shown in detail, and disconnected after a warning', async () => {
    const person = scene.newcomer()
    const elsewhere = scene.elsewhere(person)
    await elsewhere.start('meeting-assistant')
    await elsewhere.connect('acme-mail')
    await using device = await scene.device(person)
    const setup = await scene.open(device, MEETING_ASSISTANT)
    await setup.shows('Acme Mail', 'LIVE')
    const screen: Screen = await scene.open(device, '/connections')
    await screen.choose('Acme Mail', 'Check now')
    await screen.reads('Acme Mail confirmed the connection.')
    await screen.choose('Acme Mail', 'Show details')
    await screen.reads('Permissions')
    await screen.reads(/^Access renews automatically before/)
    await screen.choose('Acme Mail', 'Disconnect')
    await screen.reads('Meeting Assistant will ask you to connect again. Until then, this skill won’t work:')
    const skills = screen.page.getByRole('dialog').getByRole('listitem')
    expect(await skills.allTextContents()).toEqual(['Send the notes']) // another one doesn't work yet
    await screen.page.keyboard.press('Escape')
    expect(await screen.page.evaluate(() => document.activeElement?.ariaLabel)).toMatch(/^Actions for Acme Mail/)
    await screen.choose('Acme Mail', 'Disconnect')
    await screen.page.getByRole('dialog').getByRole('button', { name: 'Disconnect', exact: true }).click()
    await screen.reads('No apps are connected')
    const message = screen.page.locator('.notice', { hasText: 'ada@northwind.example is disconnected from Acme Mail.' })
    await message.getByRole('link', { name: 'Meeting Assistant' }).waitFor()
    await expect.poll(() => screen.said()).toContain('ada@northwind.example is disconnected from Acme Mail.')
    await setup.shows('Acme Mail', 'NOT_CONNECTED')
    await scene.elsewhere(person).connect('acme-mail') // for no setup
    await screen.actions('Acme Mail').waitFor()
    await message.waitFor({ state: 'detached' }) // it's no longer true
    await screen.reads(/You connected/)
    await setup.shows('Acme Mail', 'NOT_CONNECTED') // a step never takes another connection by itself
    await setup.page.getByLabel('Account Acme Mail').selectOption({ label: 'ada@northwind.example' })
    await setup.shows('Acme Mail', 'LIVE')
  })

  test('an app that cannot be reached is reported, and its connection remains live', async () => {
    await using device = await scene.device(user)
    const screen = await scene.open(device, '/connections')
    await control(scene.patchbay.sandbox, 'PATCH', '/acme-mail', { userinfoStatus: 503 })
    await screen.choose('Acme Mail', 'Check now')
    await screen.page.locator('li', { hasText: 'Acme Mail' }).locator('.notice--warn').first().waitFor()
    await control(scene.patchbay.sandbox, 'POST', '/reset')
    await screen.page.locator('li[data-status=LIVE]', { hasText: 'Acme Mail' }).waitFor()
  })

  test('what was announced to screen readers is gone ten seconds later, and a problem says since when', async () => {
    const person = scene.newcomer()
    const elsewhere = scene.elsewhere(person)
    await elsewhere.start('meeting-assistant')
    await using device = await scene.device(person)
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.shows('Acme Mail', 'NOT_CONNECTED')
    await screen.page.clock.install()
    await elsewhere.connect('acme-mail')
    const announced = () => screen.page.locator('[aria-live=polite].visually-hidden').textContent()
    await expect.poll(announced).toContain('Acme Mail')
    await screen.page.clock.fastForward(10_000)
    await expect.poll(announced).toBe('')

    await screen.page.getByRole('link', { name: 'Connections', exact: true }).click()
    await control(scene.patchbay.sandbox, 'POST', '/acme-mail/revoke', {})
    await screen.choose('Acme Mail', 'Check now')
    await screen.reads(/^Since [A-Z][a-z]{2}\s\d+,\s20\d\d/)
  })

  test('following links sets the title and the focus, and going back works', async () => {
    await using device = await scene.device(user)
    const { page } = await scene.open(device)
    const focused = () => page.evaluate(() => document.activeElement?.textContent)
    await page.getByRole('link', { name: 'My skills', exact: true }).click()
    await page.getByRole('heading', { name: 'My skills', exact: true }).waitFor()
    await expect.poll(focused).toBe('My skills')
    expect(await page.title()).toBe('My skills · Patchbay')
    await page.getByRole('link', { name: 'Connections', exact: true }).click()
    await expect.poll(focused).toBe('Connections')
    await page.goBack()
    await page.getByRole('heading', { name: 'My skills', exact: true }).waitFor()
  })

  test('colors follow the device until the user chooses a theme, and the choice is kept', async () => {
    await using device = await scene.device(user, { colorScheme: 'dark' })
    const { page } = await scene.open(device)
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme)
    expect(await theme()).toBe('dark')
    await page.locator('.person > summary').click()
    await page.getByLabel('Light').check()
    expect(await theme()).toBe('light')
    await page.reload()
    expect(await theme()).toBe('light')
  })
})
