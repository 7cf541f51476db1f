import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { de } from '../../../src/web/wizard/texts/de.js'
import { PATIENT } from '../../support/patience.js'
import { control } from '../../support/sandbox-client.js'
import { LANGUAGES, startWizardScene, type WizardScene } from './scene.js'
import { MEETING_ASSISTANT } from './screen.js'

const PHONE = { width: 360, height: 740 }

/** Where an element is on the page, in whole pixels. */
async function placeOf(locator: Locator) {
  const { x, y, width, height } = (await locator.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  return { left: Math.round(x), top: Math.round(y), bottom: y + height, width }
}

async function widthsOf(elements: Locator): Promise<number[]> {
  await elements.first().waitFor()
  return elements.evaluateAll((all) => all.map((element) => Math.round(element.getBoundingClientRect().width)))
}

/** On how many lines the texts of these elements are. */
async function linesOf(elements: Locator): Promise<Set<number>> {
  const counts = await elements.evaluateAll((all) =>
    all.map((element) => {
      const range = document.createRange()
      range.selectNodeContents(element)
      return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size
    }),
  )
  return new Set(counts)
}

describe('what belongs together is in line', { ...PATIENT, tags: 'chromium' }, () => {
  let scene: WizardScene
  beforeAll(async () => {
    scene = await startWizardScene()
  }, PATIENT.timeout)
  afterAll(() => scene?.[Symbol.asyncDispose]())

  test('a setup can be started without scrolling on a phone', async () => {
    await using device = await scene.device(scene.newcomer(), { viewport: PHONE })
    const screen = await scene.open(device, MEETING_ASSISTANT)
    const start = screen.button(screen.texts.plugins.start)
    await start.waitFor()
    expect((await placeOf(start)).bottom).toBeLessThan(PHONE.height)
  })

  test('the steps of a setup and its skills start at the same height', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.start()
    const tops = await Promise.all(['.steps', 'aside .card'].map((each) => placeOf(screen.page.locator(each).first())))
    expect(tops[0]?.top).toBe(tops[1]?.top)
  })

  test('on a phone, canceling is next to the other action, and a missing permission’s mark below its words', async () => {
    await using device = await scene.device(scene.newcomer(), { locale: 'de-DE', viewport: PHONE })
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.start()
    const mail = await screen.consentWindow(de.remedy.CONNECT('Acme Mail'))
    const [reopen, cancel] = [screen.button(de.step.reopen), screen.button(de.cancel)]
    await cancel.waitFor()
    const row = await placeOf(reopen)
    expect((await placeOf(cancel)).top).toBeLessThan(row.bottom)
    await mail.allow()
    await screen.shows('Acme Mail', 'LIVE')
    const calendar = await screen.consentWindow(de.remedy.CONNECT('Acme Calendar'))
    await calendar.allow({ untick: ['calendar.write'] })
    const mark = screen.step('Acme Calendar').getByText(de.setup.missing)
    await mark.waitFor()
    expect((await placeOf(mark)).left).toBe((await placeOf(mark.locator('..'))).left)
  })

  test.each([360, 768, 1280])(
    '%i px wide, what a setup lacks is above its card’s button, and no name in a list breaks',
    async (width) => {
      const user = scene.newcomer()
      await using device = await scene.device(user, { locale: 'de-DE', viewport: { width, height: 900 } })
      const screen = await scene.open(device, MEETING_ASSISTANT)
      await screen.start()
      const mail = await screen.consentWindow(de.remedy.CONNECT('Acme Mail'))
      await mail.allow()
      await screen.shows('Acme Mail', 'LIVE')
      await screen.page.goto(`${scene.patchbay.url}/plugins/inbox-helper`)
      await screen.start()
      await screen.page.goto(scene.patchbay.url)
      const card = screen.page.locator('li.plugin', { hasText: 'Inbox Helper' })
      const [lacks, button] = [card.getByText(de.setup.progress(1, 2, 1)), card.locator('.plugin__action .button')]
      await lacks.waitFor()
      expect((await placeOf(lacks)).bottom).toBeLessThan((await placeOf(button)).top)
      expect(await linesOf(screen.page.locator('.plugin .name'))).toEqual(new Set([1]))
      await screen.page.goto(`${scene.patchbay.url}/mine`)
      await screen.reads(de.mine.waitingFor)
      expect(await linesOf(screen.page.locator('.row .name'))).toEqual(new Set([1]))
      await screen.page.goto(`${scene.patchbay.url}/connections`)
      const plugins = screen.page.locator('.connection__used a')
      await plugins.nth(1).waitFor()
      expect(await linesOf(plugins)).toEqual(new Set([1]))
    },
  )

  test('next to each other, the apps of plugins are in line, whatever else their cards say', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.start()
    await screen.page.goto(scene.patchbay.url)
    await screen.reads(screen.texts.setup.progress(0, 3, 0))
    const icons = screen.page.locator('.plugin__apps .icon:first-child')
    const [first, second] = await Promise.all([0, 1].map((index) => placeOf(icons.nth(index))))
    expect(first?.left).not.toBe(second?.left)
    expect(first?.top).toBe(second?.top)
  })

  test('on a phone, what uses a connection ends in line with the buttons, and the dots of its menu do', async () => {
    await using device = await scene.device(scene.newcomer(), { viewport: PHONE })
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.start()
    const calendar = await screen.consentWindow(screen.texts.remedy.CONNECT('Acme Calendar'))
    await calendar.allow({ untick: ['calendar.write'] })
    await screen.shows('Acme Calendar', 'MISSING_SCOPES')
    await screen.page.goto(`${scene.patchbay.url}/connections`)
    await screen.page.locator('.connection__used').waitFor()
    expect(await linesOf(screen.page.locator('.connection__used .name'))).toEqual(new Set([1]))
    const rightOf = (locator: Locator) =>
      locator.evaluate((element) => Math.round(element.getBoundingClientRect().right))
    const edge = await rightOf(screen.page.locator('.connection__row--other .button').first())
    expect(await rightOf(screen.page.locator('.connection__used'))).toBe(edge)
    const dots = await rightOf(screen.actions('Acme Calendar').locator('.glyph > *').last())
    expect(Math.abs(dots - edge)).toBeLessThanOrEqual(1)
  })

  test('what says that a permission is missing ends in line with the step’s status', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.start()
    const calendar = await screen.consentWindow(screen.texts.remedy.CONNECT('Acme Calendar'))
    await calendar.allow({ untick: ['calendar.write'] })
    await screen.shows('Acme Calendar', 'MISSING_SCOPES')
    const step = screen.step('Acme Calendar')
    const [status, missing] = await Promise.all([
      placeOf(step.locator('.step__head > .pill')),
      placeOf(step.locator('.permissions .pill')),
    ])
    expect(Math.abs(status.left + status.width - missing.left - missing.width)).toBeLessThanOrEqual(1)
  })

  test('a cable goes from one step’s circle to the next one’s, and no line crosses it', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.start()
    const steps = screen.page.locator('.step')
    const circles = await Promise.all([0, 1].map((index) => placeOf(steps.nth(index).locator('.step__number'))))
    const cable = await steps.first().evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect()
      const style = getComputedStyle(element, '::after')
      return { top: top + Number.parseFloat(style.top), bottom: bottom - Number.parseFloat(style.bottom) }
    })
    expect(Math.abs(cable.top - (circles[0]?.bottom ?? 0))).toBeLessThanOrEqual(1)
    expect(Math.abs(cable.bottom - (circles[1]?.top ?? 0))).toBeLessThanOrEqual(1)
    const line = await steps.nth(1).evaluate((element) => {
      const { border, left } = {
        border: getComputedStyle(element).borderTopWidth,
        left: element.getBoundingClientRect().left,
      }
      return { border, left: left + Number.parseFloat(getComputedStyle(element, '::before').left) }
    })
    expect(line.border).toBe('0px')
    expect(line.left).toBeGreaterThan((circles[1]?.left ?? 0) + (circles[1]?.width ?? 0))
  })

  test.each([360, 1280])(
    '%i px wide, activity is in line with the lists above, and so are quiet buttons',
    async (width) => {
      await using device = await scene.device(scene.newcomer(), { viewport: { width, height: 900 } })
      const screen = await scene.open(device, MEETING_ASSISTANT)
      await screen.start()
      await screen.connect('Acme Mail')
      const step = screen.step('Acme Mail')
      const another = await placeOf(step.locator('.accounts .button'))
      expect(another.left).toBe((await placeOf(step.locator('.disclosure'))).left)
      const [remove, words] = [screen.button(screen.texts.setup.remove), screen.page.locator('aside .panel > p')]
      expect((await placeOf(remove)).left).toBe((await placeOf(words)).left)
      await screen.page.goto(`${scene.patchbay.url}/connections`)
      const event = screen.page.locator('.event > p').first()
      await event.waitFor()
      expect((await placeOf(event)).left).toBe((await placeOf(screen.page.locator('.connection__name').first())).left)
    },
  )

  test('on a phone, whatever can be pressed is at least 40 px high, and what is below each other is equally wide', async () => {
    await using device = await scene.device(scene.newcomer(), { viewport: PHONE })
    const screen = await scene.open(device, MEETING_ASSISTANT)
    const { page } = screen
    const low = () =>
      page
        .locator(
          'a:visible, button:visible, summary:visible, select:visible, input:visible, .person label:has(input):visible',
        )
        .evaluateAll((all) =>
          all
            // The label is pressed, or the card. Links in a sentence have its height, and one is only for the keyboard.
            .filter((element) => !element.matches('label > input, .plugin__link, .name > a, .skip'))
            .filter((element) => element.getBoundingClientRect().height < 39.5)
            .map((element) => `${element.textContent} ${element.getBoundingClientRect().height}`),
        )
    await screen.start()
    await screen.connect('Acme Mail')
    await page.locator('.crumb a').waitFor()
    expect(await low()).toEqual([])
    await control(scene.patchbay.sandbox, 'POST', '/acme-mail/revoke', {})
    await page.goto(`${scene.patchbay.url}/connections`)
    await screen.choose('Acme Mail', screen.texts.connections.verify)
    await screen.button(screen.texts.remedy.REAUTHORIZE('Acme Mail')).waitFor()
    const widths = await widthsOf(page.locator('.connection__more :is(.notice:not(.visually-hidden), .button)'))
    expect(new Set(widths).size, 'widths of what is wrong and the button').toBe(1)
    await screen.actions('Acme Mail').click()
    expect(await low()).toEqual([])
    const ends = await Promise.all(
      [page.getByRole('menu'), screen.actions('Acme Mail')].map(async (each) => {
        const { left, width } = await placeOf(each)
        return left + width
      }),
    )
    expect(Math.abs((ends[0] ?? 0) - (ends[1] ?? 0)), 'from the menu’s end to its button’s').toBeLessThan(1)
    await page.goto(`${scene.patchbay.url}/mine`)
    await screen.reads(screen.texts.mine.instructions)
    expect(await low()).toEqual([])
    await page.goto(scene.patchbay.url)
    await page.locator('.plugin').first().waitFor()
    await page.locator('.person > summary').click()
    expect(await low()).toEqual([])
    await page.goto(`${scene.patchbay.url}/plugins/plain-writer`)
    await screen.button(screen.texts.plugins.start).click()
    const [words, ...buttons] = await widthsOf(page.locator('.finish .actions, .finish .button'))
    expect(buttons).toEqual([words, words])
  })

  test('on a phone, a dialog’s checkbox is in line with its words, and its buttons are equally wide', async () => {
    await using device = await scene.device(scene.newcomer(), { viewport: PHONE })
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.start()
    await screen.button(screen.texts.setup.remove).click()
    const dialog = screen.page.getByRole('dialog')
    const words = await placeOf(dialog.getByText(screen.texts.setup.removeLead))
    expect((await placeOf(dialog.getByRole('checkbox'))).left).toBe(words.left)
    const [cancel, remove] = await Promise.all([0, 1].map((index) => placeOf(dialog.getByRole('button').nth(index))))
    expect(Math.abs((cancel?.width ?? 0) - (remove?.width ?? 0))).toBeLessThanOrEqual(1)
  })

  test.each(LANGUAGES)('on a phone, no name breaks in a sentence in $locale', async ({ locale, texts }) => {
    await using device = await scene.device(scene.newcomer(), { locale, viewport: PHONE })
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.start()
    const calendar = await screen.consentWindow(texts.remedy.CONNECT('Acme Calendar'))
    const names = screen.page.locator('.notice .name')
    await screen.reads(texts.step.waiting('Acme Calendar'))
    expect(await linesOf(names)).toEqual(new Set([1]))
    await calendar.allow({ untick: ['calendar.write'] })
    await screen.reads(texts.setup.attention('Acme Calendar', 1))
    await screen.reads(texts.step.missing('Acme Calendar'))
    expect(await names.count()).toBe(2)
    expect(await linesOf(names)).toEqual(new Set([1]))
    await screen.button(texts.setup.remove).click()
    expect(await linesOf(screen.page.locator('.dialog h2 .name'))).toEqual(new Set([1]))
  })

  test('a notice’s words are in line with those of the cards', async () => {
    await using device = await scene.device(scene.newcomer())
    const screen = await scene.open(device, MEETING_ASSISTANT)
    await screen.start()
    const calendar = await screen.consentWindow(screen.texts.remedy.CONNECT('Acme Calendar'))
    await calendar.allow({ untick: ['calendar.write'] })
    const notice = screen.page.locator('.wizard > .notice > span')
    await notice.waitFor()
    expect((await placeOf(notice)).left).toBe((await placeOf(screen.page.locator('.step__number').first())).left)
  })

  test('the server’s pages are set in the wizard’s type', async () => {
    await using device = await scene.device(scene.newcomer())
    const { page } = await scene.open(device, '/connect/no-such-authorization')
    const loaded = () =>
      page.evaluate(async () => [...(await document.fonts.ready)].map(({ family, status }) => `${family} ${status}`))
    await expect.poll(loaded).toEqual(['Inter Variable loaded'])
  })
})
