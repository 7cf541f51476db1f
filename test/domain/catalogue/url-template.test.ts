import { describe, expect, test } from 'vitest'
import { ProviderSchema } from '../../../src/domain/catalogue/provider.js'
import { enteredValue, providerWith } from '../../../src/domain/catalogue/provider-urls.js'
import { filledUrl, surroundingsOf, templateFault } from '../../../src/domain/catalogue/url-template.js'

const DESK = 'https://{subdomain}.desk.example/oauth/token'
const TENANT = 'https://login.example/{tenant}/token?for={tenant}'

const ATTACKS = [
  '',
  ' ',
  '.',
  '..',
  '-',
  'evil.example/',
  'evil.example\\',
  'a@b',
  'evil.example#',
  'a.evil.example#',
  'evil.example?',
  'evil.example:443',
  'a%2eb',
  'a%2Fb',
  'evil\u3002example',
  'evil\uff0eexample',
  '\uff41cme',
  'acme\u0000',
  'acme\n',
  'acme.',
  '.acme',
  'acme\u200b',
  'a b',
  '{subdomain}',
  '[::1]',
  `a${'b'.repeat(200)}`,
]

test.each(ATTACKS)('O29: %j can’t be a part of a URL, in its host or elsewhere', (value) => {
  expect(filledUrl(DESK, { subdomain: value })).toBeNull()
  expect(filledUrl(TENANT, { tenant: value })).toBeNull()
})

test.each(['Acme', 'a_b', 'a~b', '-acme', 'acme-', 'a.-b', 'a..b', 'b'.repeat(64)])(
  'O29: %j can’t be labels of a host',
  (value) => {
    expect(filledUrl(DESK, { subdomain: value })).toBeNull()
  },
)

test('O29: a value that isn’t the object’s own is missing', () => {
  expect(filledUrl('https://{constructor}.desk.example/', {})).toBeNull()
})

test.each([
  [DESK, { subdomain: 'acme' }, 'https://acme.desk.example/oauth/token'],
  [DESK, { subdomain: 'acme.eu' }, 'https://acme.eu.desk.example/oauth/token'],
  [DESK, { subdomain: '127' }, 'https://127.desk.example/oauth/token'],
  [TENANT, { tenant: 'Acme.onmicrosoft_1' }, 'https://login.example/Acme.onmicrosoft_1/token?for=Acme.onmicrosoft_1'],
  ['https://{shop}.Store.example:8443/{shop}', { shop: 'a' }, 'https://a.store.example:8443/a'],
  ['https://fixed.example/', {}, 'https://fixed.example/'],
])('fills %s', (template, values, url) => {
  expect(filledUrl(template, values as Record<string, string>)).toBe(url)
})

describe('O29: a template', () => {
  test.each([
    'https://{host}/token',
    'https://{a}.{b}/token',
    'https://{subdomain}.com/token',
    'https://{subdomain}-api.desk.example/',
    'https://api-{subdomain}.desk.example/',
    'https://{a}{b}.desk.example/',
    'https://desk.{tld}/',
    'https://{user}@desk.example/',
    'https://desk.example:{port}/',
    'https://desk.example/#{fragment}',
    'https://desk.example/{}',
    'https://desk.example/{a b}',
    'https://desk.example/{a',
    'https://{a}}.desk.example/',
    '{scheme}://desk.example/',
    'ftp://{a}.desk.example/',
  ])('can’t be %s, because a value could lead elsewhere', (template) => {
    expect(templateFault(template)).not.toBeNull()
  })

  test.each([
    DESK,
    TENANT,
    'https://{shop}.{region}.desk.example/',
    'http://{workspace}.localhost:4010/authorize',
    'https://api.{region}.desk.example/',
  ])('can be %s', (template) => {
    expect(templateFault(template)).toBeNull()
  })
})

test('says what is around a value', () => {
  expect(surroundingsOf(DESK, 'subdomain')).toEqual({ prefix: 'https://', suffix: '.desk.example' })
  expect(surroundingsOf(TENANT, 'tenant')).toEqual({ prefix: 'https://login.example/', suffix: '' })
})

const provider = (variable: object = {}) =>
  ProviderSchema.parse({
    authorizationUrl: 'https://{subdomain}.desk.example/authorize',
    tokenUrl: DESK,
    variables: [{ name: 'subdomain', label: 'subdomain', placeholder: 'acme', ...variable }],
  })

function entered(text: string, variable: object = {}): string | null {
  const data = provider(variable)
  const [first] = data.variables
  return first ? enteredValue(data, first, text) : null
}

test.each([
  ['acme', 'acme'],
  [' acme ', 'acme'],
  ['ACME', 'acme'],
  ['acme.desk.example', 'acme'],
  ['https://acme.desk.example/agent/tickets', 'acme'],
])('%j is read as %s', (text, value) => {
  expect(entered(text)).toBe(value)
})

test.each([
  ...ATTACKS.filter((attack) => attack.trim() === attack && !attack.endsWith('\n')),
  'acme.eu',
  'https://acme.evil.example/',
  'https://evil.example/.desk.example',
  'https://evil.example#.desk.example',
  'https://a@b.desk.example',
  'https://a.b.desk.example',
  'desk.example',
  '\u212aacme', // the sign for Kelvin, whose small letter is k
])('O29: %j isn’t read as anything', (text) => {
  expect(entered(text)).toBeNull()
})

const IN_PATH = ProviderSchema.parse({
  authorizationUrl: 'https://login.example/orgs/{org}/authorize',
  tokenUrl: 'https://login.example/orgs/{org}/token',
  variables: [{ name: 'org', label: 'organization', placeholder: 'acme' }],
})
const enteredInPath = (text: string) => enteredValue(IN_PATH, IN_PATH.variables[0] ?? expect.unreachable(), text)

test.each([
  'acme',
  'https://login.example/orgs/acme',
  'https://login.example/orgs/acme/tickets?x=1#y',
  'https://Login.example/orgs/acme?x=1',
  'login.example/orgs/acme/',
])('%j is read as a part of the path', (text) => {
  expect(enteredInPath(text)).toBe('acme')
})

test.each(['https://evil.example/orgs/acme', 'https://login.example/orgs/', 'https://login.example/orgs/..', 'x/acme'])(
  'O29: %j isn’t read as a part of the path',
  (text) => {
    expect(enteredInPath(text)).toBeNull()
  },
)

test('O29: dots are only allowed by a pattern, and capitals never lead to a second account', () => {
  expect(entered('acme.eu')).toBeNull()
  expect(entered('acme.eu', { pattern: String.raw`[a-z]+\.[a-z]+` })).toBe('acme.eu')
  expect(entered('ACME', { pattern: '[A-Za-z]+' })).toBe('acme')
})

test.each(['.*', '[^]*', 'acme|.+'])('O29: the pattern %s allows nothing that a URL doesn’t', (pattern) => {
  for (const attack of ATTACKS) expect(providerWith(provider({ pattern }), { subdomain: attack })).toBeNull()
})

test.each(['(a+)+', '(?:a|b)*', '(a{2,}){2}', '[', 'a)|(b', '*', 'a'.repeat(201)])(
  'the pattern %s is refused',
  (pattern) => {
    expect(() => provider({ pattern })).toThrow()
  },
)

test('a value has to match its pattern as a whole, wherever it comes from', () => {
  expect(providerWith(provider({ pattern: 'acme|northwind' }), { subdomain: 'acmes' })).toBeNull()
  expect(providerWith(provider({ pattern: 'acme|northwind' }), { subdomain: 'northwind' })).toMatchObject({
    tokenUrl: 'https://northwind.desk.example/oauth/token',
    authorizationUrl: 'https://northwind.desk.example/authorize',
  })
  expect(providerWith(provider(), {})).toBeNull()
})
