import { readdir, readFile } from 'node:fs/promises'
import * as icons from 'simple-icons'
import { describe, expect, test } from 'vitest'
import { endpointUrls } from '../../src/domain/catalogue/provider.js'
import { overridden } from '../../src/domain/catalogue/provider-overrides.js'
import { enteredValue, providerWith } from '../../src/domain/catalogue/provider-urls.js'
import { variablesIn } from '../../src/domain/catalogue/url-template.js'
import type { Variable } from '../../src/domain/catalogue/variables.js'
import { variableFaults } from '../../src/domain/publishing/check-variables.js'
import { providerCatalogue, readProvider } from '../../src/providers/catalogue.js'

const all = providerCatalogue.slugs().map((slug) => ({ slug, file: readProvider(slug) ?? expect.unreachable() }))

/** What someone could enter to have a secret or a token sent elsewhere. */
const HOSTILE = [
  'evil.com/',
  'evil.com#',
  'evil.com?',
  'evil.com\\',
  'evil.com:443',
  'user@evil.com',
  'evil.com%2f',
  'evil%2ecom/',
  '..',
  '.',
  '-',
  'a..b',
  'evil.com\u3002x',
  'ａcme',
  'acme\u0000',
  'acme\n',
  '//evil.com',
  'javascript:alert(1)',
  '127.0.0.1/',
  '[::1]',
  'x'.repeat(300),
  '{subdomain}',
]

const exampleOf = ({ choices, placeholder }: Variable) => choices?.[0] ?? placeholder
const valuesOf = (variables: readonly Variable[], value?: { of: Variable; is: string }) =>
  Object.fromEntries(variables.map((each) => [each.name, value?.of === each ? value.is : exampleOf(each)]))

/** The provider's URLs as they are for a connector and a person who gave the examples. */
function filledUrls({ file }: (typeof all)[number]) {
  const operators = overridden(file.oauth2, { variables: valuesOf(file.operatorVariables), settings: {} })
  return endpointUrls(providerWith(operators, valuesOf(file.oauth2.variables)) ?? expect.unreachable())
}

test('there are at least 150 providers, and every file in providers/ is one', async () => {
  const files = (await readdir('providers')).filter((name) => name !== 'provider.schema.json')
  expect(files.sort()).toEqual(all.map(({ slug }) => `${slug}.json`).sort())
  expect(all.length).toBeGreaterThanOrEqual(150)
  expect(new Set(all.map(({ file }) => file.name)).size).toBe(all.length)
})

test.each(['README.md', 'docs/comparison.md', 'docs/connectors.md'])('%s says how many there are', async (page) => {
  const numbers = [...(await readFile(page, 'utf8')).matchAll(/\b(\d{3}) (?:apps|providers)\b/g)].map(
    ([, number]) => number,
  )
  expect(numbers.length).toBeGreaterThan(0)
  expect(new Set(numbers)).toEqual(new Set([String(all.length)]))
})

test('a provider is read when it is first used, and none whose name leads elsewhere', () => {
  for (const slug of ['unknown', 'provider.schema', '../package', '..%2fpackage', '', 'Google', '__proto__']) {
    expect(providerCatalogue.get(slug)).toBeUndefined()
  }
  expect(providerCatalogue.get('google')).toBe(providerCatalogue.get('google'))
})

describe.each(all)('$slug', (provider) => {
  const { file } = provider
  const { oauth2, operatorVariables } = file

  test('has https addresses, and declares what they contain', () => {
    for (const { url } of filledUrls(provider)) {
      expect(new URL(url).protocol).toBe('https:')
      expect(variablesIn(url)).toEqual([])
    }
    const asConfigured = overridden(oauth2, { variables: valuesOf(operatorVariables), settings: {} })
    expect(variableFaults(asConfigured, 'oauth2')).toEqual([])
    const known = [
      ...Object.keys(oauth2.metadata),
      ...[...operatorVariables, ...oauth2.variables].map(({ name }) => name),
    ]
    expect(known).toEqual(expect.arrayContaining(variablesIn(oauth2.api.baseUrl ?? '')))
    expect([...known, 'clientId']).toEqual(
      expect.arrayContaining(Object.values(oauth2.api.headers).flatMap((header) => variablesIn(header))),
    )
  })

  test('says in different words what each scope allows', () => {
    const words = Object.values(oauth2.scopeDescriptions)
    expect(new Set(words).size).toBe(words.length)
    for (const phrase of words) expect(phrase).toMatch(/^[A-Z][^\n]*[^.\s]$/)
  })

  test('has an icon that exists', () => {
    if (file.icon === undefined) return
    const name = `si${file.icon[0]?.toUpperCase()}${file.icon.slice(1)}`
    expect(icons).toHaveProperty(name)
  })
})

/** Endpoints that their makers have announced to end. */
const ENDING = [
  { slug: 'hubspot', ending: /\/oauth\/v1\// }, // on 2027-02-16
]

test.each(ENDING)('$slug has no endpoint that is about to end', ({ slug, ending }) => {
  const { oauth2 } = readProvider(slug) ?? expect.unreachable()
  expect(endpointUrls(oauth2).filter(({ url }) => ending.test(url))).toEqual([])
})

describe('O29: no value leads away from the provider', () => {
  const asked = all.flatMap((provider) =>
    [...provider.file.operatorVariables, ...provider.file.oauth2.variables].map((variable) => ({
      slug: provider.slug,
      name: variable.name,
      provider,
      variable,
    })),
  )

  test.each(asked)('$slug: $name', ({ provider, variable }) => {
    const { oauth2, operatorVariables } = provider.file
    const variables = [...operatorVariables, ...oauth2.variables]
    const whole = { ...oauth2, variables }
    expect(enteredValue(whole, variable, exampleOf(variable))).toBe(exampleOf(variable))
    for (const text of HOSTILE) {
      const value = enteredValue(whole, variable, text)
      if (value === null) continue
      // What was tidied or happens to fit still ends in what is fixed.
      const filled = providerWith(whole, valuesOf(variables, { of: variable, is: value })) ?? expect.unreachable()
      for (const [index, { url }] of endpointUrls(whole).entries()) {
        const fixed = /([^/}]*)(?:[/?]|$)/.exec(url.replace(/^https:\/\//, ''))?.[1] ?? expect.unreachable()
        expect(new URL(endpointUrls(filled)[index]?.url ?? '').host.endsWith(fixed)).toBe(true)
      }
    }
  })
})
