import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newSecret } from '../../../src/domain/hashed-secret.js'
import { Browser } from '../../support/browser.js'
import { configureConnector } from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { scrape } from '../../support/scrape.js'

const TRIES = 400
const AT_ONCE = 100
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const allow = { account: 'ada-work', allow: true }

/** Visits to pages that no authorization has. */
const GUESSES: Record<string, (patchbay: Patchbay) => Promise<Response>> = {
  'the start page': ({ url }) => fetch(`${url}/connect/${randomUUID()}`),
  'a start page whose id is none': ({ url }) => fetch(`${url}/connect/${newSecret()}`),
  'the result page': ({ url }) => fetch(`${url}/connect/${randomUUID()}/result`),
  'the callback': ({ url }) => fetch(`${url}/oauth/callback/acme-mail?state=${newSecret()}&code=x`),
  'the callback of a connector that doesn’t exist': ({ url }) => post(url, 'nothing', `state=${newSecret()}&code=x`),
  'the callback by POST': ({ url }) => post(url, 'posting', `state=${newSecret()}&code=x`),
  'the callback by POST, without a state': ({ url }) => post(url, 'posting', 'code=x'),
  'the second callback by POST': ({ url }) => post(url, 'posting?reposted', `state=${newSecret()}&code=x`),
}

function post(url: string, connector: string, body: string): Promise<Response> {
  return fetch(`${url}/oauth/callback/${connector}`, { method: 'POST', headers: FORM, body })
}

async function start(perMinute: string): Promise<Patchbay> {
  const patchbay = await startPatchbay({ PATCHBAY_UNKNOWN_PAGES_PER_MINUTE: perMinute })
  await configureConnector(patchbay, 'posting', {
    authorizationUrl: 'https://app.example/authorize',
    tokenUrl: 'https://app.example/token',
    responseMode: 'form_post',
    identity: { url: 'https://app.example/me', idPath: 'sub' },
  })
  return patchbay
}

// Most of the time, these wait for lookups that are made once a second. So they wait together.
test.concurrent('G21: an address that opens many unknown links is told to wait, and costs the database a few statements', async () => {
  await using patchbay = await start('30')
  const guesses = Object.values(GUESSES)
  const answers: { status: number; retryAfter: number }[] = []
  const startedAt = performance.now()
  const statements = await patchbay.database.countStatements(async () => {
    for (let sent = 0; sent < TRIES; sent += AT_ONCE) {
      const some = Array.from({ length: AT_ONCE }, async (_, index) => {
        const response = await guesses[(sent + index) % guesses.length]?.(patchbay)
        await response?.text()
        return { status: response?.status ?? 0, retryAfter: Number(response?.headers.get('retry-after')) }
      })
      answers.push(...(await Promise.all(some)))
    }
  })
  const seconds = (performance.now() - startedAt) / 1_000
  const refused = answers.filter(({ status }) => status === 429)
  // 30 in a single moment, and one more every two seconds. The first hundred were sent before any was answered.
  expect(refused.length).toBeGreaterThanOrEqual(TRIES - AT_ONCE - seconds / 2)
  for (const { retryAfter } of refused) expect(retryAfter).toBeGreaterThan(0)
  const lookups = statements.filter((sql) => /FROM "Authorization"|"Catalogue"/.test(sql))
  expect(lookups.length).toBeLessThan(AT_ONCE * 2 + seconds * 6)
  const { value } = await scrape(patchbay)
  expect(value('patchbay_rate_limited_total', { limit: 'unknown-pages' })).toBe(refused.length)
  const line = patchbay.logged.find((each) => each.includes('a caller exceeded a rate limit')) ?? '{}'
  expect(JSON.parse(line)).toMatchObject({ limit: 'unknown-pages', caller: expect.stringMatching(/^address (127|::)/) })
})

describe.concurrent('G21: an address that opened too many unknown links', () => {
  let patchbay: Patchbay
  beforeAll(async () => {
    // The next one is refused for a minute.
    patchbay = await start('1')
    expect((await fetch(`${patchbay.url}/connect/${randomUUID()}`)).status).toBe(404)
  })
  afterAll(() => patchbay.close())

  test.each(Object.entries(GUESSES))('gets a page with 429 from %s, and not immediately', async (_name, guess) => {
    const sentAt = performance.now()
    const response = await guess(patchbay)
    expect(performance.now() - sentAt).toBeGreaterThan(450)
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await response.text()).toContain('This link is invalid or has expired, and so were many others')
  })

  test('still connects an app, and sees the result', async () => {
    const browser = new Browser(patchbay, 'ada')
    const { url } = await browser.authorize({ connector: 'acme-mail' })
    const { callbackUrl } = await browser.consent(url, allow)
    const response = await browser.person.open(callbackUrl)
    expect(response.status).toBe(303)
    const result = await browser.person.open(new URL(response.headers.get('location') ?? '', patchbay.url))
    expect(result.status).toBe(200)
    expect(await result.text()).toContain('is connected')
  })

  test('still gets the page that posts a response again', async () => {
    const browser = new Browser(patchbay, 'ada')
    const { url } = await browser.authorize({ connector: 'posting' })
    const consent = await browser.person.open(url)
    const state = new URL(consent.headers.get('location') ?? '').searchParams.get('state')
    const response = await post(patchbay.url, 'posting', `state=${state}&code=x`)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('One moment…')
  })
})
