import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { allowedReturnTo } from '../../../src/domain/authorization/return-to.js'
import { InvalidReturnToError } from '../../../src/domain/errors.js'
import { Browser } from '../../support/browser.js'
import { openConsent, startAfresh, withParameters } from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { ACCEPTED, ALLOWED_ORIGINS, REFUSED } from './return-to-corpus.js'

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_RETURN_ORIGINS: ALLOWED_ORIGINS.join(',') })
})
beforeEach(() => startAfresh(patchbay))
afterAll(() => patchbay.close())

const NATIVE = ['com.example.app:/callback', 'http://127.0.0.1/callback']
const origins = new Set(ALLOWED_ORIGINS)
const accepted = (address: string, binding: 'BROWSER' | 'CONFIRM' = 'BROWSER') =>
  allowedReturnTo(address, { returnOrigins: origins, nativeReturns: NATIVE }, binding)
const redirect = { connector: 'acme-mail', display: 'REDIRECT' as const }

test('O12: more than 200 addresses outside the allowed origins are all refused', () => {
  expect(REFUSED.length).toBeGreaterThan(200)
  const letThrough = REFUSED.filter((address) => {
    try {
      accepted(address, 'CONFIRM')
      return true
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidReturnToError)
      return false
    }
  })
  expect(letThrough).toEqual([])
})

test.each(ACCEPTED)('O12: %s is accepted and stays on its origin', (address, origin) => {
  const url = new URL(accepted(address))
  expect([url.origin, url.username, url.password]).toEqual([origin, '', ''])
  expect(accepted(url.href)).toBe(url.href)
})

test('O12: the API starts no authorization for a refused address', async () => {
  const browser = new Browser(patchbay, 'ada')
  const sample = REFUSED.filter((_address, index) => index % 12 === 0)
  for (const returnTo of sample) {
    for (const display of ['POPUP', 'REDIRECT'] as const) {
      const result = await browser.authorize({ connector: 'acme-mail', display, returnTo })
      expect([returnTo, result.__typename]).toEqual([returnTo, 'InvalidReturnToError'])
    }
  }
  expect(await patchbay.database.db.authorization.count()).toBe(0)
  expect((await browser.authorize(redirect)).__typename).toBe('InvalidReturnToError')
})

test('O12: an address of more than 2,000 characters is refused, and the error says so', () => {
  const [origin] = origins
  const long = (length: number) => `${origin}/?q=`.padEnd(length, 'x')
  expect(accepted(long(2_000))).toHaveLength(2_000)
  for (const tooLong of [long(2_001), `${origin}/?q=${'ü'.repeat(400)}`]) {
    expect(() => accepted(tooLong)).toThrow(/^returnTo is longer than 2,000 characters/)
  }
})

test('O12: the redirect after consent goes to exactly the allowed origin', async () => {
  const browser = new Browser(patchbay, 'ada')
  for (const [returnTo, origin] of ACCEPTED) {
    const attempt = await browser.authorize({ ...redirect, returnTo })
    const { state, redirectUri, location } = await openConsent(browser, attempt)
    const iss = new URL(location).href.replace(/\/authorize.*/, '')
    const response = await browser.person.open(withParameters(redirectUri, { state, iss, error: 'access_denied' }))
    const target = response.headers.get('location') ?? ''
    expect([response.status, new URL(target).origin]).toEqual([303, origin])
    expect(target).toMatch(/^[\x21-\x7e]+$/)
    expect(new URL(target).searchParams.get('status')).toBe('denied')
    expect(response.headers.getSetCookie()).toEqual([])
  }
})
