import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { isSigned, signatureOf } from '../../src/outbound/callback-signature.js'

const HMAC = { parameter: 'hmac', leftOut: ['signature'] }
/** An example that Shopify’s documentation had, and that libraries test with. */
const QUERY =
  'code=0907a61c0c8d55e99db179b68161bc00&hmac=4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20&shop=some-shop.myshopify.com&timestamp=1337178173'
const with_ = (change: (parameters: URLSearchParams) => void) => {
  const parameters = new URLSearchParams(QUERY)
  change(parameters)
  return parameters
}

test('a callback with the app’s signature is recognized, in any order of its parameters', () => {
  expect(isSigned(new URLSearchParams(QUERY), HMAC, 'hush')).toBe(true)
  expect(isSigned(new URLSearchParams([...new URLSearchParams(QUERY)].reverse()), HMAC, 'hush')).toBe(true)
  expect(
    isSigned(
      with_((it) => it.set('signature', 'an old one')),
      HMAC,
      'hush',
    ),
  ).toBe(true)
  expect(
    isSigned(
      with_((it) => it.set('hmac', it.get('hmac')?.toUpperCase() ?? '')),
      HMAC,
      'hush',
    ),
  ).toBe(true)
})

test('values that have to be encoded may be encoded in either way', () => {
  const parameters = new URLSearchParams({ code: 'a&b=c%', host: 'YWRtaW4=', shop: 'a.myshopify.com' })
  const texts = ['code=a%26b=c%25&host=YWRtaW4=&shop=a.myshopify.com', parameters.toString()]
  for (const text of texts) {
    parameters.set('hmac', createHmac('sha256', 'hush').update(text).digest('hex'))
    expect(isSigned(parameters, HMAC, 'hush'), text).toBe(true)
    parameters.delete('hmac')
  }
  expect(signatureOf(parameters, HMAC, 'hush')).toMatch(/^[\da-f]{64}$/)
})

const moved = (parameters: URLSearchParams) => {
  parameters.delete('timestamp')
  parameters.set('shop', 'some-shop.myshopify.com&timestamp=1337178173')
}

test.each<[string, (parameters: URLSearchParams) => void]>([
  ['another code', (it) => it.set('code', 'another')],
  ['another shop', (it) => it.set('shop', 'evil.myshopify.com')],
  ['one parameter more', (it) => it.set('locale', 'de')],
  ['one parameter less', (it) => it.delete('timestamp')],
  ['a repeated parameter', (it) => it.append('shop', 'evil.myshopify.com')],
  ['parameters moved into a value', moved],
  ['no signature', (it) => it.delete('hmac')],
  ['two signatures', (it) => it.append('hmac', it.get('hmac') ?? '')],
  ['a short signature', (it) => it.set('hmac', (it.get('hmac') ?? '').slice(0, 62))],
  ['another text for a signature', (it) => it.set('hmac', 'x'.repeat(64))],
])('a callback with %s isn’t signed', (_what, change) => {
  expect(isSigned(with_(change), HMAC, 'hush')).toBe(false)
})

test('nothing is signed with another secret, or with none', () => {
  for (const secret of ['hushed', '', null]) expect(isSigned(new URLSearchParams(QUERY), HMAC, secret)).toBe(false)
})
