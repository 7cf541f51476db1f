import { describe, expect, test } from 'vitest'
import { de as germanPages } from '../../src/languages/pages/de.js'
import { en as englishPages } from '../../src/languages/pages/en.js'
import { es as spanishPages } from '../../src/languages/pages/es.js'
import { de as german } from '../../src/web/wizard/texts/de.js'
import { en as english } from '../../src/web/wizard/texts/en.js'
import { es as spanish } from '../../src/web/wizard/texts/es.js'
import { isAbout, type PlacedText, textsIn } from '../support/texts.js'

/** Written the same in English. */
const SAME = {
  de: [
    'direction',
    'navigation.plugins',
    'person.demo',
    'person.staging',
    'plugins.title',
    'plugins.found',
    'plugins.optional',
    'plugins.optionalApp',
    'plugin.noApps',
    'plugin.version',
    'setup.optionalSteps',
    'connections.apps',
  ],
  es: ['direction', 'navigation.plugins', 'person.demo', 'plugins.title', 'plugin.noApps', 'connections.apps'],
}

const ENGLISH = [...textsIn(english), ...textsIn(englishPages)]

describe.each([
  { language: 'de' as const, texts: [...textsIn(german), ...textsIn(germanPages)] },
  { language: 'es' as const, texts: [...textsIn(spanish), ...textsIn(spanishPages)] },
])('in the language $language', ({ language, texts }) => {
  test('every text exists and is translated, apart from words that are the same', () => {
    expect(new Set(texts.map(({ place }) => place))).toEqual(new Set(ENGLISH.map(({ place }) => place)))
    expect(texts.filter(({ text }) => text.trim() === '')).toEqual([])
    const untranslated = texts.filter(({ place, text }) =>
      ENGLISH.some((each) => each.place === place && each.text.toLowerCase() === text.toLowerCase()),
    )
    expect([...new Set(untranslated.map(({ place }) => place))]).toEqual(SAME[language])
  })

  test('every text says whom or what it is about, as in English', () => {
    const aboutSomething = (all: readonly PlacedText[]) => new Set(all.filter(isAbout).map(({ place }) => place))
    expect(aboutSomething(texts)).toEqual(aboutSomething(ENGLISH))
  })
})

test('German says du, and Spanish says tú', () => {
  const formal = (texts: object, words: RegExp) =>
    textsIn(texts)
      .map(({ text }) => text)
      .filter((text) => words.test(text))
  for (const texts of [german, germanPages]) expect(formal(texts, /\b(Sie|Ihnen|Ihr|Ihre[mnrs]?)\b/u)).toEqual([])
  for (const texts of [spanish, spanishPages])
    expect(formal(texts, /\b(usted|ustedes|vosotros|vuestr[oa]s?)\b/iu)).toEqual([])
})
