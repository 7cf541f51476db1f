import { parse } from 'hono/utils/cookie'
import { acceptedLanguages, isLanguage, LANGUAGE_COOKIE, type Language, languageFor } from '../languages/languages.js'
import { de } from '../languages/pages/de.js'
import { en, type PageTexts } from '../languages/pages/en.js'
import { es } from '../languages/pages/es.js'

const PAGES: Record<Language, PageTexts> = { en, de, es }

/** The headers that say in which language someone reads. */
export interface LanguageHeaders {
  cookie?: string | undefined
  'accept-language'?: string | undefined
}

/** Returns the texts of a page for the browser that sent these headers. */
export type TextsFor = (headers: LanguageHeaders) => PageTexts

/** @param language the operator's choice for everyone. By default, it's the person's in the wizard, or else the browser's */
export function createTextsFor(language?: Language): TextsFor {
  if (language) return () => PAGES[language]
  return ({ cookie = '', 'accept-language': accepted }) => {
    const kept = parse(cookie, LANGUAGE_COOKIE)[LANGUAGE_COOKIE]
    return PAGES[isLanguage(kept) ? kept : languageFor(acceptedLanguages(accepted))]
  }
}
