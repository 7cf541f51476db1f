import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config/environment.js'
import { AuthenticationError } from '../../../src/http/authentication/authentication-error.js'
import { viewerFromClaims } from '../../../src/http/authentication/claims.js'

const viewer = (claims: object, variables: Record<string, string> = {}) =>
  viewerFromClaims({ iss: 'https://host.example', sub: 'ada', org: 'acme', ...claims }, readConfig(variables).tokens)

const ORGANIZATION = { PATCHBAY_CLAIM_ORGANIZATION: 'organization' }

test.each<[string, object, Record<string, string>, string]>([
  ['a text', { org: 'acme' }, {}, 'acme'],
  ['a whole number', { org: 42 }, {}, '42'],
  ['a list with one text', { organization: ['acme'] }, ORGANIZATION, 'acme'],
  ['an object with one key', { organization: { acme: { id: '42bb' } } }, ORGANIZATION, 'acme'],
  ['a path with dots', { tenant: { id: 'acme' } }, { PATCHBAY_CLAIM_ORGANIZATION: 'tenant.id' }, 'acme'],
  ['a JSON pointer', { 'a/b': { '~': 'acme' } }, { PATCHBAY_CLAIM_ORGANIZATION: '/a~1b/~0' }, 'acme'],
  [
    'a name with dots',
    { 'https://a.example/org': 'acme' },
    { PATCHBAY_CLAIM_ORGANIZATION: 'https://a.example/org' },
    'acme',
  ],
  ['a default', { org: undefined }, { PATCHBAY_DEFAULT_ORGANIZATION: 'only' }, 'only'],
  ['a default that the token overrides', { org: 'acme' }, { PATCHBAY_DEFAULT_ORGANIZATION: 'only' }, 'acme'],
])('an organization from %s', (_name, claims, variables, id) => {
  expect(viewer(claims, variables).organization.id).toBe(id)
})

test('a number and its text are the same user', () => {
  expect(viewer({ sub: 7 }).userId).toBe(viewer({ sub: '7' }).userId)
})

test.each<[object, RegExp]>([
  [{ org: undefined }, /^The token has no org claim\. Your application has to add it\.$/],
  [{ org: null }, /^The token has no org claim\. Your application has to add it\.$/],
  [{ org: '' }, /^The token has no org claim\. Your application has to add it\.$/],
  [{ org: ['acme', 'other'] }, /^The token’s org claim has to be one text or one whole number/],
  [{ org: { acme: {}, other: {} } }, /^The token’s org claim has to be one text/],
  [{ org: [] }, /^The token’s org claim has to be one text/],
  [{ org: {} }, /^The token’s org claim has to be one text/],
  [{ org: true }, /^The token’s org claim has to be one text/],
  [{ org: 1.5 }, /^The token’s org claim has to be one text/],
  [{ org: 2 ** 53 }, /^The token’s org claim has to be one text/],
  [{ org: [['acme']] }, /^The token’s org claim has to be one text/],
  [{ sub: { ada: {} } }, /^The token’s sub claim has to be one text/],
])('%j is refused, and the message tells missing from malformed', (claims, message) => {
  expect(() => viewer(claims)).toThrow(AuthenticationError)
  expect(() => viewer(claims)).toThrow(message)
})

test('a default doesn’t stand in for an organization that can’t be read', () => {
  expect(() => viewer({ org: ['a', 'b'] }, { PATCHBAY_DEFAULT_ORGANIZATION: 'only' })).toThrow(AuthenticationError)
})

test.each<[string, unknown, boolean]>([
  ['a list', ['user', 'patchbay:operator'], true],
  ['a text with spaces', 'user patchbay:operator', true],
  ['the text itself', 'patchbay:operator', true],
  ['the keys of an object', { 'patchbay:operator': { '1': 'acme.example' } }, true],
  ['a part of another role', 'patchbay:operator-to-be', false],
  ['a list in a list', [['patchbay:operator']], false],
  ['nothing', undefined, false],
  ['a property of every object', { toString: 1 }, false],
])('roles in %s', (_name, roles, isOperator) => {
  const variables = { PATCHBAY_CLAIM_ROLES: 'realm_access.roles' }
  expect(viewer({ realm_access: { roles } }, variables).isOperator).toBe(isOperator)
})

test('a path leads to nothing that the token doesn’t have itself', () => {
  expect(() => viewer({}, { PATCHBAY_CLAIM_ORGANIZATION: 'org.constructor.name' })).toThrow('has no')
  expect(() => viewer({}, { PATCHBAY_CLAIM_ORGANIZATION: 'org.length' })).toThrow('has no')
})
