import { afterAll, beforeAll, expect, test } from 'vitest'
import { de } from '../../../src/languages/pages/de.js'
import { en, type PageTexts } from '../../../src/languages/pages/en.js'
import { es } from '../../../src/languages/pages/es.js'
import { Browser } from '../../support/browser.js'
import { configureConnector } from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'

const UNKNOWN_LINK = '/connect/00000000-0000-4000-8000-000000000000'
const HTML = { accept: 'text/html' }
/** An empty purpose says nothing, but such a request goes to the routes. */
const THROUGH_ROUTES = { 'x-moz': '' }

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay({}, { wizardFolder: 'not-built' })
  const endpoints = { authorizationUrl: 'http://localhost:9/authorize', tokenUrl: 'http://localhost:9/token' }
  await configureConnector(patchbay, 'posting', { ...endpoints, responseMode: 'form_post' })
})
afterAll(() => patchbay.close())

async function pageAt(url: string, init: RequestInit = {}): Promise<{ language: string; title: string; text: string }> {
  const text = await (await fetch(url, init)).text()
  const [, language = ''] = /<html lang="(..)">/.exec(text) ?? []
  const [, title = ''] = /<h1 role="status">(.*?)<\/h1>/.exec(text) ?? []
  return { language, title, text }
}

test.each([
  [{ 'accept-language': 'de-CH,en;q=0.5' }, de],
  [{ 'accept-language': 'fr,es;q=0.8' }, es],
  [{ 'accept-language': 'fr' }, en],
  [{ cookie: 'patchbay_language=es', 'accept-language': 'de' }, es],
  [{ cookie: 'other=1; patchbay_language=xx', 'accept-language': 'de' }, de],
  [{ cookie: 'patchbay_language=%3Cscript%3E' }, en],
  [{ cookie: 'patchbay_language=constructor' }, en],
] as [Record<string, string>, PageTexts][])(
  'a browser that sends %j gets its pages in that language',
  async (headers, texts) => {
    for (const way of [{}, THROUGH_ROUTES]) {
      const { language, title } = await pageAt(`${patchbay.url}${UNKNOWN_LINK}`, { headers: { ...headers, ...way } })
      expect({ language, title }).toEqual({ language: texts.language, title: texts.unknown.title })
    }
    const elsewhere = await pageAt(`${patchbay.url}/elsewhere`, { headers: { ...headers, ...HTML } })
    expect(elsewhere).toMatchObject({ language: texts.language, title: texts.notFound.title })
  },
)

test('the pages after consent and of a posted response are in the language of the browser', async () => {
  const browser = new Browser(patchbay, 'ada')
  const { url } = await browser.authorize({ connector: 'acme-mail' })
  const { callbackUrl } = await browser.consent(url, { account: 'ada-work', allow: false })
  const headers = { 'accept-language': 'de' }
  const ended = await browser.person.open(callbackUrl, { headers })
  const result = await (
    await browser.person.open(new URL(ended.headers.get('location') ?? '', patchbay.url), { headers })
  ).text()
  expect(result).toContain(de.denied('Acme Mail'))
  expect(result).toContain(de.failure.DENIED_BY_USER.message('Acme Mail'))
  expect(result).toContain(de.close)
  const again = await (await browser.person.open(callbackUrl, { headers })).text()
  expect(again).toContain(de.handled(de.denied('Acme Mail')))

  const posted = (fields: Record<string, string>) =>
    pageAt(`${patchbay.url}/oauth/callback/posting`, { method: 'POST', headers, body: new URLSearchParams(fields) })
  expect(await posted({ state: 'x', code: 'y' })).toMatchObject({
    language: 'de',
    text: expect.stringContaining(de.proceed),
  })
  expect((await posted({ code: 'y' })).text).toContain(de.badCallback.fault.stateless)
  expect((await posted({ state: 'x'.repeat(70_000) })).text).toContain(de.badCallback.fault.large)
})

test('everyone gets the language that the operator chose', async () => {
  const spanish = await startPatchbay({ PATCHBAY_LANGUAGE: 'es' }, { wizardFolder: 'not-built' })
  try {
    const headers = { cookie: 'patchbay_language=de', 'accept-language': 'de', ...HTML }
    for (const path of [UNKNOWN_LINK, '/elsewhere']) {
      expect(await pageAt(`${spanish.url}${path}`, { headers })).toMatchObject({ language: 'es' })
    }
  } finally {
    await spanish.close()
  }
})
