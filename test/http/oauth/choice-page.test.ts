import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createBrand } from '../../../src/http/brand/brand.js'
import { choicePage } from '../../../src/http/oauth/result-page.js'
import { createTextsFor } from '../../../src/http/page-language.js'
import { createRenderFor } from '../../../src/http/render-for.js'
import { Browser } from '../../support/browser.js'
import { answerWith, choicesOn, configureSites, consentToSites, pressChoice, SITES } from '../../support/choosing.js'
import { attemptOf, connectionsOf, mutate, startAfresh } from '../../support/connecting.js'
import { type HostileServer, startHostileServer } from '../../support/hostile-server.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'

let patchbay: Patchbay
let app: HostileServer

beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_RETURN_ORIGINS: 'https://app.example' })
  app = await startHostileServer()
  await configureSites(patchbay, app)
})
beforeEach(async () => {
  await startAfresh(patchbay)
  answerWith(app)
  app.requests.length = 0
})
afterAll(async () => {
  await patchbay.close()
  await app[Symbol.asyncDispose]()
})

test('the page lists the choices as buttons of a form, without a script', async () => {
  const { browser, page } = await consentToSites(patchbay)
  const response = await browser.person.open(page)
  const html = await response.text()
  expect(response.status).toBe(200)
  expect(choicesOn(html)).toEqual(SITES.map(({ id, name }) => [id, name]))
  expect(html).toContain(`<form class="choices" method="post" action="${new URL(page).pathname}/choice">`)
  expect(html).not.toContain('<script')
  const policy = response.headers.get('content-security-policy')
  expect(policy).toContain("default-src 'none';")
  expect(policy).toContain("form-action 'self';")
  expect(policy).toContain("frame-ancestors 'none'")
})

test('the page shows the app’s icon if it has one, from Patchbay, and may load nothing else', () => {
  const render = createRenderFor(createTextsFor('en'), createBrand({}))({})
  const attempt = { id: 'an-id', display: 'POPUP', binding: 'BROWSER', returnTo: null } as const
  const pageOf = (iconUrl: string | null) =>
    render((texts) =>
      choicePage(attempt, { slug: 'sites', name: 'Sites', iconUrl }, { choices: [], returnOrigins: new Set() }, texts),
    )
  const { body, headers } = pageOf('https://cdn.example/sites.svg')
  expect(body).toContain('<img src="/icons/connectors/sites" alt="">')
  expect(body).not.toContain('cdn.example')
  expect(headers['content-security-policy']).toContain("img-src 'self';")
  expect(pageOf(null).body).not.toContain('<img')
  expect(pageOf(null).headers['content-security-policy']).not.toContain('img-src')
})

test('the page is shown again when the window is opened again, the callback is repeated or the page is reloaded', async () => {
  const { browser, page, callbackUrl } = await consentToSites(patchbay)
  const repeated = await browser.person.open(callbackUrl)
  expect([repeated.status, repeated.headers.get('location')]).toEqual([303, new URL(page).pathname])
  for (const url of [page, `${page}/choice`]) {
    expect(choicesOn(await (await browser.person.open(url)).text())).toHaveLength(2)
  }
  expect(app.requests.filter(({ path }) => path === '/token')).toHaveLength(1)
})

test('names and ids that apps choose are only text on the page', async () => {
  const evil = `"><script>alert(1)</script>'&`
  answerWith(app, { sites: [{ id: evil, name: evil }, ...SITES] })
  const consented = await consentToSites(patchbay)
  const html = await (await consented.browser.person.open(consented.page)).text()
  expect(html).not.toContain('<script')
  expect(html).toContain('<bdi>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;</bdi>')
  await pressChoice(consented, evil)
  expect(await connectionsOf(patchbay, 'ada')).toMatchObject([{ account: { id: `${encodeURIComponent(evil)}/U1` } }])
})

test('a choice that isn’t offered shows the list again, says so, and changes nothing', async () => {
  const consented = await consentToSites(patchbay)
  for (const id of ['S3', '']) {
    const response = await pressChoice(consented, id)
    const html = await response.text()
    expect([response.status, choicesOn(html)]).toEqual([400, SITES.map(({ id, name }) => [id, name])])
    expect(html).toContain('This isn’t one of your choices.')
  }
  const { browser, attempt } = consented
  expect((await browser.person.open(`${attempt.url}/choice`, { method: 'POST', body: 'S1' })).status).toBe(400)
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'AWAITING_CHOICE' })
})

test('another browser sees no choices and can’t choose', async () => {
  const { attempt } = await consentToSites(patchbay)
  const other = { browser: new Browser(patchbay, 'cleo'), attempt }
  for (const response of [await other.browser.person.open(attempt.url), await pressChoice(other, 'S1')]) {
    const html = await response.text()
    expect([response.status, html.includes('Northwind')]).toEqual([403, false])
    expect(html).toContain('This was started in another browser')
  }
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'AWAITING_CHOICE' })
})

test('with REDIRECT, the choice leads back to the host, which the page’s policy allows', async () => {
  const input = { display: 'REDIRECT', returnTo: 'https://app.example/done?tab=apps' } as const
  const consented = await consentToSites(patchbay, input)
  const page = await consented.browser.person.open(consented.page)
  expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://app.example;")
  for (let times = 0; times < 2; times++) {
    // The second time is a double click, whose response is the one that the browser follows.
    const back = new URL((await pressChoice(consented, 'S2')).headers.get('location') ?? '')
    expect(back.origin).toBe('https://app.example')
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ tab: 'apps', patchbay_status: 'succeeded' })
  }
})

test('a choice for an authorization that has ended shows how it ended', async () => {
  const consented = await consentToSites(patchbay)
  const { browser, attempt } = consented
  await mutate(patchbay, 'ada', 'cancelAuthorization', { authorizationId: attempt.id })
  const { headers } = await pressChoice(consented, 'S1')
  const result = await browser.person.open(new URL(headers.get('location') ?? '', patchbay.url))
  expect(await result.text()).toContain('Connecting sites was canceled')
  expect(choicesOn(await (await browser.person.open(attempt.url)).text())).toEqual([])
  expect(await connectionsOf(patchbay, 'ada')).toEqual([])
})

test('a choice for an authorization that doesn’t exist, or is too large, is refused', async () => {
  const unknown = `${patchbay.url}/connect/00000000-0000-4000-8000-000000000000/choice`
  const post = (body: URLSearchParams) => fetch(unknown, { method: 'POST', body })
  expect((await post(new URLSearchParams({ choice: 'S1' }))).status).toBe(404)
  expect((await post(new URLSearchParams({ choice: 'x'.repeat(70_000) }))).status).toBe(413)
})
