import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { beforeAll, expect, test } from 'vitest'
import { Names } from '../../../src/web/wizard/parts/names.js'
import { Unbroken } from '../../../src/web/wizard/parts/unbroken.js'
import { loadTexts } from '../../../src/web/wizard/texts.js'

beforeAll(() => loadTexts('en'))

const sentence = (text: string, ...names: string[]) => renderToStaticMarkup(createElement(Unbroken, { text, names }))
const list = (...names: string[]) => renderToStaticMarkup(createElement(Names, { names }))

test('a name takes along what surrounds it without a space', () => {
  expect(sentence('Set up “Acme Mail”, then Acme Chat.', 'Acme Mail', 'Acme Chat')).toBe(
    '<span>Set up <span class="name">“Acme Mail”,</span> then <span class="name">Acme Chat.</span></span>',
  )
})

test('a name in another one doesn’t split it, and signs in a name are only signs', () => {
  expect(sentence('Acme Mail (EU) and Acme', 'Acme', 'Acme Mail (EU)')).toBe(
    '<span><span class="name">Acme Mail (EU)</span> and <span class="name">Acme</span></span>',
  )
})

test('a sentence without names is only its words', () => {
  expect(sentence('Nothing here', '')).toBe('Nothing here')
})

test('in a list, a name takes its comma and the word before it along', () => {
  expect(list('One')).toBe('<span class="name">One</span>')
  expect(list('One', 'Two', 'Three')).toBe(
    '<span class="name">One,</span> <span class="name">Two,</span> <span class="name">and Three</span>',
  )
})
