import { expect, test } from 'vitest'
import { identityIssuer } from '../../../src/domain/identity/host-issuers.js'

const issuers = { main: 'https://new', former: ['https://oldest', 'https://old'] }

test.each<[string | null, string]>([
  [null, 'https://oldest'],
  ['https://new', 'https://oldest'],
  ['https://old', 'https://oldest'],
  ['https://oldest', 'https://oldest'],
  ['https://another', 'https://another'],
  ['', ''],
])('with earlier names, a user of the issuer %j belongs to %j', (issuer, identity) => {
  expect(identityIssuer(issuer, issuers)).toBe(identity)
})

test('without earlier names, issuers are what they are called', () => {
  expect(identityIssuer(null, { main: 'https://new', former: [] })).toBe('https://new')
  expect(identityIssuer('https://another', { main: 'https://new', former: [] })).toBe('https://another')
})
