import { expect, test } from 'vitest'
import type { TokenConfig } from '../../../src/config/environment.js'
import { type HostIssuers, identityIssuer, issuerFaults } from '../../../src/domain/identity/host-issuers.js'
import { acceptedIssuers } from '../../../src/http/authentication/host-tokens.js'

const issuers: HostIssuers = {
  main: 'https://new',
  former: ['https://oldest', 'https://old'],
  others: ['https://second'],
  any: false,
}

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

test.each([null, 'https://new', 'https://second', 'https://old', 'https://oldest'])(
  'a back end may name users of the issuer %j',
  (issuer) => {
    expect(issuerFaults(issuer, issuers)).toEqual([])
  },
)

test('a back end may not name users of an issuer that isn’t configured, and learns which are', () => {
  const [fault, ...others] = issuerFaults('https://typo', issuers)
  expect(others).toEqual([])
  expect(fault).toEqual({
    path: 'user.issuer',
    message:
      'isn’t an issuer of your tokens here. Pass one of https://new, https://second, https://oldest, https://old, or leave it out for https://new. Operators configure issuers with PATCHBAY_JWT_ISSUER',
  })
  expect(issuerFaults('https://typo', { ...issuers, any: true })).toEqual([])
})

test.each<[string, Partial<TokenConfig>, boolean, Omit<HostIssuers, 'former'>]>([
  [
    'in production, those of PATCHBAY_JWT_ISSUER',
    { issuers: ['a', 'b'] },
    false,
    { main: 'a', others: ['b'], any: false },
  ],
  [
    'in development, also the built-in one',
    { issuers: ['a'], secret: 's' },
    true,
    { main: 'a', others: ['patchbay-development'], any: false },
  ],
  ['without settings, only the built-in one', {}, true, { main: 'patchbay-development', others: [], any: false }],
  [
    'in development with keys and no issuers, all of them',
    { jwksUrls: ['https://keys'] },
    true,
    { main: 'patchbay-development', others: [], any: true },
  ],
])('the accepted issuers: %s', (_what, tokens, development, expected) => {
  const config = { issuers: [], formerIssuers: ['former'], jwksUrls: [], secret: undefined, ...tokens } as never
  expect(acceptedIssuers(config, { development })).toEqual({ ...expected, former: ['former'] })
})
