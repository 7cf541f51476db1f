import { isLanguage, LANGUAGE_COOKIE, type Language, languageFor } from '../../languages/languages.js'
import type { PageConfig } from './page-config.js'
import { loadTexts, texts } from './texts.js'

const KEPT_SECONDS = 365 * 24 * 3_600

/** Returns the language that the person chose, or null for the browser's. */
export function keptLanguage(): Language | null {
  const pairs = document.cookie.split('; ').map((pair) => pair.split('='))
  const kept = pairs.find(([name]) => name === LANGUAGE_COOKIE)?.[1]
  return isLanguage(kept) ? kept : null
}

/** Keeps the choice in a cookie, because the pages that the server renders follow it too. */
export function keepLanguage(language: Language | null): void {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  const age = language ? KEPT_SECONDS : 0
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API isn't in every browser yet
  document.cookie = `${LANGUAGE_COOKIE}=${language ?? ''}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`
}

/** Sets the page to the language of the operator's choice, of the person's, or of the browser. */
export async function applyLanguage({ language }: Pick<PageConfig, 'language'>): Promise<void> {
  const { languages } = navigator
  await loadTexts(language ?? keptLanguage() ?? languageFor(languages), languages)
  document.documentElement.lang = texts.language
  document.documentElement.dir = texts.direction
}
