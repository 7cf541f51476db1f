import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { de as germanPages } from '../../../src/languages/pages/de.js'
import { en as englishPages } from '../../../src/languages/pages/en.js'
import { es as spanishPages } from '../../../src/languages/pages/es.js'
import { de } from '../../../src/web/wizard/texts/de.js'
import { en } from '../../../src/web/wizard/texts/en.js'
import { es } from '../../../src/web/wizard/texts/es.js'
import { COUNTED, cases } from '../../support/counts.js'
import { PATIENT } from '../../support/patience.js'
import { textsIn } from '../../support/texts.js'
import { startWizardScene, type WizardScene } from './scene.js'
import { ConsentWindow, cutOff, HIDDEN, MEETING_ASSISTANT } from './screen.js'

const SPOKEN = ['aria-label', 'alt', 'placeholder', 'title']

describe('the wizard in other languages', { ...PATIENT, tags: 'chromium' }, () => {
  let scene: WizardScene
  beforeAll(async () => {
    scene = await startWizardScene()
  }, PATIENT.timeout)
  afterEach(() => {
    expect(scene.pageErrors).toEqual([])
  })
  afterAll(() => scene?.[Symbol.asyncDispose]())

  test.each(
    cases([
      { locale: 'de-DE', texts: de, pages: germanPages, today: 'Heute' },
      { locale: 'es-MX', texts: es, pages: spanishPages, today: 'Hoy' },
    ]),
  )(
    'in $locale, no page shows an English text, is cut off or breaks a word',
    COUNTED,
    async ({ locale, texts, pages, today }) => {
      const english = englishOnly(en, texts)
      const pagesInEnglish = englishOnly(englishPages, pages)
      const user = scene.newcomer()
      await using device = await scene.device(user, { locale, viewport: { width: 360, height: 740 } })
      const look = async (page: Page, where: string, foreign = english) => {
        const shown = await shownOn(page)
        expect(shown.length, where).toBeGreaterThan(1)
        const lang = await page.evaluate(() => document.documentElement.lang)
        expect({ where, lang, english: shown.filter(foreign) }).toEqual({ where, lang: texts.language, english: [] })
        expect(await cutOff(page), where).toEqual([])
        expect(await brokenWords(page), where).toEqual([])
      }
      const { page } = await scene.open(device)
      const reads = (text: string) => page.getByText(text, { exact: true }).first().waitFor()
      await reads(texts.welcome.title)
      await look(page, 'the plugins')
      await page.getByRole('searchbox').fill('xyzzy')
      await reads(texts.plugins.none('xyzzy'))
      await look(page, 'a search without results')

      await page.getByRole('searchbox').fill('')
      await page.locator(`main a[href="${MEETING_ASSISTANT}"]`).first().click()
      await page.getByRole('button', { name: texts.plugins.start, exact: true }).waitFor()
      await look(page, 'a plugin')
      await page.getByRole('button', { name: texts.plugins.start, exact: true }).click()
      const ask = async (app: string) => {
        const button = page.getByRole('button', { name: texts.remedy.CONNECT(app), exact: true })
        const [popup] = await Promise.all([page.waitForEvent('popup'), button.click()])
        return new ConsentWindow(popup)
      }
      const mail = await ask('Acme Mail')
      await reads(texts.step.waiting('Acme Mail'))
      await look(page, 'a setup that waits')
      // The result closes its window by itself, and a busy machine may take longer than that to read it.
      await mail.page.addInitScript(() => {
        window.close = () => undefined
      })
      await mail.allow()
      await mail.page.getByRole('status').getByText(pages.connected.title('Acme Mail')).waitFor()
      await look(mail.page, 'the result', pagesInEnglish)
      const elsewhere = scene.elsewhere(user)
      await elsewhere.start('meeting-assistant')
      await elsewhere.connect('acme-calendar', { untick: ['calendar.write'] })
      await reads(texts.setup.missing)
      const chat = await ask('Acme Chat')
      await chat.deny()
      await reads(texts.failure.DENIED_BY_USER.message('Acme Chat'))
      await chat.page.getByRole('status').getByText(pages.denied('Acme Chat')).waitFor()
      await look(chat.page, 'the result of a denial', pagesInEnglish)
      await look(page, 'a setup in trouble')
      await page.getByRole('button', { name: texts.setup.remove }).click()
      await look(page, 'the dialog that removes a setup')
      await page.keyboard.press('Escape')

      await page.getByRole('link', { name: texts.navigation.mine, exact: true }).click()
      await page.getByText(texts.mine.instructions).first().waitFor()
      await look(page, 'the skills')
      await page.getByRole('link', { name: texts.navigation.connections, exact: true }).click()
      await reads(today)
      const menu = page.getByRole('button', { name: /Acme Mail, / })
      await menu.click()
      await look(page, 'the menu of a connection')
      await page.getByRole('menuitem', { name: texts.connections.details }).click()
      await menu.click()
      await page.getByRole('menuitem', { name: texts.connections.disconnect }).click()
      await reads(texts.connections.impact)
      await look(page, 'the connections and the dialog that disconnects')
      await page.keyboard.press('Escape')
      await page.locator('.person > summary').click()
      await look(page, 'the account menu')
      await page.goto(`${scene.patchbay.url}/plugins/no-such-plugin`)
      await reads(texts.notFound.title)
      await look(page, 'a plugin that does not exist')
      await page.goto(`${scene.patchbay.url}/no-such-page`)
      await reads(texts.notFound.title)
      await look(page, 'an address that does not exist')
      await page.goto(`${scene.patchbay.url}/connect/no-such-authorization`)
      await reads(pages.unknown.title)
      await look(page, 'a link that does not exist', pagesInEnglish)
    },
  )

  test('a chosen language is shown without losing what the person does, is kept, and applies to all pages', async () => {
    await using device = await scene.device(scene.newcomer(), { locale: 'fr-FR' })
    const loaded: string[] = []
    device.on('response', (response) => {
      const [, language] = /\/assets\/(de|en|es)-/.exec(response.url()) ?? []
      if (language) loaded.push(language)
    })
    const screen = await scene.open(device, MEETING_ASSISTANT)
    const { page } = screen
    await screen.start() // in English, because there is no French
    const popup = await screen.consentWindow('Connect Acme Mail')
    await screen.reads('Finish in the Acme Mail window')
    await page.locator('.person > summary').click()
    await page.getByLabel('Language').selectOption('Deutsch')
    await screen.reads(de.step.waiting('Acme Mail'))
    expect(await page.title()).toBe('Meeting Assistant · Patchbay')
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
    expect(loaded).toEqual(['en', 'de'])
    await popup.allow()
    await screen.shows('Acme Mail', 'LIVE')
    await screen.reads(de.setup.progress(1, 3, 0))
    await page.goto(`${scene.patchbay.url}/connect/no-such-authorization`)
    await screen.reads(germanPages.unknown.title)
    await page.goto(scene.patchbay.url)
    await page.getByRole('heading', { name: de.plugins.title }).waitFor()
    await page.locator('.person > summary').click()
    await page.getByLabel(de.languages.label).selectOption(de.languages.browser)
    await page.getByRole('searchbox', { name: en.plugins.search }).waitFor()
    expect((await device.cookies()).filter(({ name }) => name === 'patchbay_language')).toEqual([])
  })
})

/** Returns whether a text is one of the English ones. Texts that the language writes in the same way don't count. */
function englishOnly(english: object, other: object): (text: string) => boolean {
  const others = textsIn(other).map(({ text }) => text)
  const texts = textsIn(english).filter(({ pattern }) => !others.some((text) => pattern.test(text)))
  const words = (text: string) => text.split(/\s+/).length
  return (shown) =>
    texts.some(({ text, pattern }) => pattern.test(shown) || (words(text) > 1 && shown.startsWith(`${text} `)))
}

/** Everything that people see or that screen readers say, apart from the texts of plugins and apps. */
function shownOn(page: Page): Promise<string[]> {
  return page.evaluate((attributes) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const shown = [document.title.split(' · ')[0] ?? '']
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode
      if (!parentElement?.closest('script, style, noscript, .markdown')) shown.push(textContent ?? '')
    }
    for (const element of document.body.querySelectorAll('*')) {
      for (const name of attributes) shown.push(element.getAttribute(name) ?? '')
    }
    return [...new Set(shown.map((text) => text.trim()))].filter((text) => text !== '')
  }, SPOKEN)
}

/** Returns the words that are on two lines, although they have no hyphen. Addresses may break anywhere. */
function brokenWords(page: Page): Promise<string[]> {
  return page.evaluate((hidden) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const broken: string[] = []
    while (walker.nextNode()) {
      const node = walker.currentNode
      if (node.parentElement?.closest(`${hidden}, script, style, noscript, option`)) continue
      for (const { 0: word, index } of (node.textContent ?? '').matchAll(/[^\s@.-]{2,}/g)) {
        const range = document.createRange()
        range.setStart(node, index)
        range.setEnd(node, index + word.length)
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word)
      }
    }
    return broken
  }, HIDDEN)
}
