import { expect, test } from 'vitest'
import { acceptedLanguages, languageFor } from '../../src/languages/languages.js'

test.each([
  ['de-AT,de;q=0.9,en;q=0.8', 'de'],
  ['fr-FR, es;q=0.7, de;q=0.9', 'de'],
  ['en;q=0.5, es', 'es'],
  ['de;q=0, es;q=0.1', 'es'],
  ['ES-mx', 'es'],
  ['fr, it', 'en'],
  ['den, *', 'en'],
  ['constructor', 'en'],
  [';;;q=,', 'en'],
  ['', 'en'],
])('%j leads to the language %s', (header, language) => {
  expect(languageFor(acceptedLanguages(header))).toBe(language)
})

test('a browser that says nothing gets English', () => {
  expect(languageFor(acceptedLanguages(undefined))).toBe('en')
})
