import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { de } from '../../../src/web/wizard/texts/de.js'
import { PATIENT } from '../../support/patience.js'
import { LANGUAGES, startWizardScene, type WizardScene } from './scene.js'
import { MEETING_ASSISTANT } from './screen.js'

const PHONE = { width: 360, height: 740 }

/** Where an element is on the page, in whole pixels. */
async function placeOf(locator: Locator) {
  const { x, y, width, height } = (await locator.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  return { left: Math.round(x), top: Math.round(y), bottom: y + height, width }
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
    const lacks = screen.page.getByText(`(${screen.texts.connections.lacksPermissions})`)
    await lacks.waitFor()
    expect(await linesOf(screen.page.locator('.connection__used .name'))).toEqual(new Set([1]))
    const rightOf = (locator: Locator) =>
      locator.evaluate((element) => Math.round(element.getBoundingClientRect().right))
    const edge = await rightOf(screen.page.locator('.connection__row--other .button').first())
    expect(await rightOf(screen.page.locator('.connection__used'))).toBe(edge)
    const dots = await rightOf(screen.actions('Acme Calendar').locator('.glyph > *').last())
    expect(Math.abs(dots - edge)).toBeLessThanOrEqual(1)
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
