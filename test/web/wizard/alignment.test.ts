import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { de } from '../../../src/web/wizard/texts/de.js'
import { COUNTED, cases } from '../../support/counts.js'
import { PATIENT } from '../../support/patience.js'
import { control } from '../../support/sandbox-client.js'
import { LANGUAGES, startWizardScene, type WizardScene } from './scene.js'
import { MEETING_ASSISTANT, type Screen } from './screen.js'

const PHONE = { width: 360, height: 740 }

/** German first, because its words are the longest. */
const LONGEST_FIRST = LANGUAGES.toSorted((one, other) => Number(other.texts === de) - Number(one.texts === de))

/** Where an element is on the page, in whole pixels. */
async function placeOf(locator: Locator) {
  const { x, y, width, height } = (await locator.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  return { left: Math.round(x), top: Math.round(y), bottom: y + height, width }
}

async function middleOf(locator: Locator): Promise<number> {
  const { y, height } = (await locator.boundingBox()) ?? { y: 0, height: 0 }
  return y + height / 2
}

/** The middle of the first line of these words. */
function middleOfFirstLine(words: Locator): Promise<number> {
  return words.evaluate((element) => {
    const range = document.createRange()
    range.selectNodeContents(element)
    const { top = 0, bottom = 0 } = range.getClientRects()[0] ?? {}
    return (top + bottom) / 2
  })
}

async function widthsOf(elements: Locator): Promise<number[]> {
  await elements.first().waitFor()
  return elements.evaluateAll((all) => all.map((element) => Math.round(element.getBoundingClientRect().width)))
}

/** On how many lines the texts of these elements are. */
async function linesOf(elements: Locator): Promise<Set<number>> {
  const counts = await elements.evaluateAll((all) =>
    all.map((element) => {
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
      const tops = new Set<number>()
      while (texts.nextNode()) {
        const range = document.createRange()
        range.selectNodeContents(texts.currentNode)
        for (const { top } of range.getClientRects()) tops.add(Math.round(top))
      }
      return tops.size
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

  /** A user with one app live, one that needs permissions and one denied, and so a setup that needs attention. */
  async function userInTrouble(): Promise<string> {
    const user = scene.newcomer()
    const elsewhere = scene.elsewhere(user)
    await elsewhere.start('meeting-assistant')
    await elsewhere.connect('acme-mail')
    await elsewhere.connect('acme-calendar', { untick: ['calendar.write'] })
    await elsewhere.connect('acme-chat', { allow: false })
    return user
  }

  /** Under the step and next to it, quiet buttons start where the words around them do. */
  async function quietButtonsAreInLine(screen: Screen): Promise<void> {
    const step = screen.step('Acme Mail')
    const another = await placeOf(step.locator('.accounts .button'))
    expect(another.left).toBe((await placeOf(step.locator('.disclosure'))).left)
    const [remove, words] = [screen.button(screen.texts.setup.remove), screen.page.locator('aside .panel > p')]
    expect((await placeOf(remove)).left).toBe((await placeOf(words)).left)
  }

  async function activityIsInLine(screen: Screen): Promise<void> {
    const event = screen.page.locator('.event > p').first()
    await event.waitFor()
    expect((await placeOf(event)).left).toBe((await placeOf(screen.page.locator('.connection__name').first())).left)
  }

  const follow = (screen: Screen, to: 'plugins' | 'mine' | 'connections') =>
    screen.page.getByRole('link', { name: screen.texts.navigation[to], exact: true }).click()

  test.each(cases(LONGEST_FIRST))(
    'on a phone in $locale, a setup is started without scrolling, buttons are in line, and no name breaks in a sentence',
    COUNTED,
    async ({ locale, texts }) => {
      const user = scene.newcomer()
      await using device = await scene.device(user, { locale, viewport: PHONE })
      const screen = await scene.open(device, MEETING_ASSISTANT)
      const start = screen.button(texts.plugins.start)
      await start.waitFor()
      expect((await placeOf(start)).bottom).toBeLessThan(PHONE.height)
      await screen.start()

      await screen.consentWindow(texts.remedy.CONNECT('Acme Calendar'))
      const names = screen.page.locator('.notice .name')
      await screen.reads(texts.step.waiting('Acme Calendar'))
      expect(await linesOf(names)).toEqual(new Set([1]))
      const [reopen, cancel] = [screen.button(texts.step.reopen), screen.button(texts.cancel)]
      await cancel.waitFor()
      expect((await placeOf(cancel)).top).toBeLessThan((await placeOf(reopen)).bottom)
      const spinner = await middleOf(screen.page.locator('.spinner'))
      expect(Math.abs(spinner - (await middleOfFirstLine(screen.page.locator('.busy strong'))))).toBeLessThan(1.5)

      const elsewhere = scene.elsewhere(user)
      await elsewhere.start('meeting-assistant')
      await elsewhere.connect('acme-calendar', { untick: ['calendar.write'] })
      await screen.reads(texts.setup.missing)
      await control(scene.patchbay.sandbox, 'POST', '/acme-calendar/revoke', {})
      await elsewhere.check('acme-calendar')
      await screen.reads(texts.setup.attention('Acme Calendar', 1))
      await screen.shows('Acme Calendar', 'BROKEN')
      expect(await names.count()).toBe(2)
      expect(await linesOf(names)).toEqual(new Set([1]))

      await screen.button(texts.setup.remove).click()
      const dialog = screen.page.getByRole('dialog')
      expect(await linesOf(dialog.locator('h2 .name'))).toEqual(new Set([1]))
      const [edge, card] = await Promise.all([dialog, screen.page.locator('.steps')].map(placeOf))
      expect([edge?.left, edge?.width]).toEqual([card?.left, card?.width])
      const words = await placeOf(dialog.getByText(texts.setup.removeLead))
      expect((await placeOf(dialog.getByRole('checkbox'))).left).toBe(words.left)
      const [keep, remove] = await Promise.all([0, 1].map((index) => placeOf(dialog.getByRole('button').nth(index))))
      expect(Math.abs((keep?.width ?? 0) - (remove?.width ?? 0))).toBeLessThanOrEqual(1)
    },
  )

  test('on a phone, what can be pressed is at least 40 px high, and words, marks and buttons are in line', async () => {
    await using device = await scene.device(await userInTrouble(), { locale: 'de-DE', viewport: PHONE })
    const screen = await scene.open(device, MEETING_ASSISTANT)
    const { page } = screen
    const low = () =>
      page
        .locator(
          'a:visible, button:visible, summary:visible, select:visible, input:visible, .person label:has(input):visible',
        )
        .evaluateAll((all) =>
          all
            // The label is pressed, or the card. One link is only for the keyboard.
            .filter((element) => !element.matches('label > input, .plugin__link, .skip'))
            .filter((element) => element.getBoundingClientRect().height < 39.5)
            .map((element) => `${element.textContent} ${element.getBoundingClientRect().height}`),
        )
    const mark = screen.step('Acme Calendar').getByText(de.setup.missing)
    await mark.waitFor()
    expect((await placeOf(mark)).left).toBe((await placeOf(mark.locator('..'))).left) // below its words
    await quietButtonsAreInLine(screen)
    expect(await page.locator('.step__head > .pill:visible').count()).toBe(0) // also not of the one that's live
    expect(await low()).toEqual([])

    await follow(screen, 'connections')
    await activityIsInLine(screen)
    const used = page.locator('.connection__row', { hasText: 'Acme Calendar' }).locator('.connection__used')
    expect(await linesOf(used.locator('.name'))).toEqual(new Set([1]))
    const grant = await placeOf(page.locator('.connection__more .button').first())
    expect(grant.top - (await placeOf(used)).bottom).toBeGreaterThanOrEqual(8) // as much as half of what is between lines
    const rightOf = (locator: Locator) =>
      locator.evaluate((element) => Math.round(element.getBoundingClientRect().right))
    const edge = await rightOf(page.locator('.connection__row--other .button').first())
    expect(await rightOf(used)).toBe(edge)
    const dots = await rightOf(screen.actions('Acme Calendar').locator('.glyph > *').last())
    expect(Math.abs(dots - edge)).toBeLessThanOrEqual(1)
    await control(scene.patchbay.sandbox, 'POST', '/acme-mail/revoke', {})
    await screen.choose('Acme Mail', de.connections.verify)
    await screen.button(de.remedy.REAUTHORIZE('Acme Mail')).waitFor()
    const widths = await widthsOf(page.locator('.connection__more :is(.notice:not(.visually-hidden), .button)'))
    expect(new Set(widths).size, 'widths of what is wrong and the button').toBe(1)
    await screen.actions('Acme Mail').click()
    expect(await low()).toEqual([])
    const ends = await Promise.all([page.getByRole('menu'), screen.actions('Acme Mail')].map(rightOf))
    expect(ends[0], 'the menu’s end').toBe(ends[1])
    await page.keyboard.press('Escape')

    await follow(screen, 'mine')
    await screen.reads(de.mine.instructions)
    expect(await low()).toEqual([])
    await follow(screen, 'plugins')
    await page.locator('.plugin').first().waitFor()
    await page.locator('.person > summary').click()
    expect(await low()).toEqual([])

    await page.goto(`${scene.patchbay.url}/plugins/plain-writer`)
    await screen.button(de.plugins.start).click()
    const [banner, ...buttons] = await widthsOf(page.locator('.finish .actions, .finish .button'))
    expect(buttons).toEqual([banner, banner])
  })

  test('in a wide window, steps, skills, notices, marks, quiet buttons, activity and the apps of plugins are in line', async () => {
    await using device = await scene.device(await userInTrouble())
    const screen = await scene.open(device, MEETING_ASSISTANT)
    const { page } = screen
    await screen.shows('Acme Calendar', 'MISSING_SCOPES')
    const tops = await Promise.all(['.steps', 'aside .card'].map((each) => placeOf(page.locator(each).first())))
    expect(tops[0]?.top).toBe(tops[1]?.top)
    const notice = await placeOf(page.locator('.wizard > .notice > span'))
    expect(notice.left).toBe((await placeOf(page.locator('.step__number').first())).left)
    const step = screen.step('Acme Calendar')
    const [status, missing] = await Promise.all([
      placeOf(step.locator('.step__head > .pill')),
      placeOf(step.locator('.permissions .pill')),
    ])
    expect(Math.abs(status.left + status.width - missing.left - missing.width)).toBeLessThanOrEqual(1)
    await quietButtonsAreInLine(screen)

    await follow(screen, 'connections')
    await activityIsInLine(screen)
    const row = page.locator('.connection__row').first()
    const middles = await row
      .locator('.connection__name, .pill')
      .evaluateAll((all) =>
        all.map((element) => element.getBoundingClientRect()).map(({ top, bottom }) => (top + bottom) / 2),
      )
    expect(middles).toHaveLength(2)
    expect(Math.max(...middles) - Math.min(...middles), 'from the name’s middle to the pill’s').toBeLessThan(0.6)

    await follow(screen, 'plugins')
    await screen.reads(screen.texts.setup.progress(2, 3, 1))
    const icons = page.locator('.plugin__apps .icon:first-child')
    const [first, second] = await Promise.all([0, 1].map((index) => placeOf(icons.nth(index))))
    expect(first?.left).not.toBe(second?.left)
    expect(first?.top).toBe(second?.top) // whatever else their cards say
  })

  test.each(cases([360, 768, 1280]))(
    '%i px wide, what a setup lacks is above its card’s button, and no name in a list breaks',
    COUNTED,
    async (width) => {
      const user = scene.newcomer()
      await using device = await scene.device(user, { locale: 'de-DE', viewport: { width, height: 900 } })
      const elsewhere = scene.elsewhere(user)
      await elsewhere.start('meeting-assistant')
      await elsewhere.connect('acme-mail')
      await elsewhere.start('inbox-helper')
      const screen = await scene.open(device)
      const card = screen.page.locator('li.plugin', { hasText: 'Inbox Helper' })
      const [lacks, button] = [card.getByText(de.setup.progress(1, 2, 1)), card.locator('.plugin__action .button')]
      await lacks.waitFor()
      expect((await placeOf(lacks)).bottom).toBeLessThan((await placeOf(button)).top)
      expect(await linesOf(screen.page.locator('.plugin .name'))).toEqual(new Set([1]))
      await follow(screen, 'mine')
      await screen.reads(de.mine.needs.connect)
      expect(await linesOf(screen.page.locator('.row .name'))).toEqual(new Set([1]))
      await follow(screen, 'connections')
      const plugins = screen.page.locator('.connection__used a')
      await plugins.nth(1).waitFor()
      expect(await linesOf(plugins)).toEqual(new Set([1]))
    },
  )

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

  test('the server’s pages are set in the wizard’s type', async () => {
    await using device = await scene.device(scene.newcomer())
    const { page } = await scene.open(device, '/connect/no-such-authorization')
    const loaded = () =>
      page.evaluate(async () => [...(await document.fonts.ready)].map(({ family, status }) => `${family} ${status}`))
    await expect.poll(loaded).toEqual(['Inter Variable loaded'])
  })
})
