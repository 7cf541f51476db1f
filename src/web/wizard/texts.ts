import type { Language } from '../../languages/languages.js'
import type { Texts } from './texts/en.js'

/** Browsers load only the chosen language. */
const LOADED: Record<Language, () => Promise<Texts>> = {
  en: async () => (await import('./texts/en.js')).en,
  de: async () => (await import('./texts/de.js')).de,
  es: async () => (await import('./texts/es.js')).es,
}

/** Every text of the wizard in the language that was last loaded. Read it when it's shown, because it changes. */
export let texts: Texts
/** How the page writes dates and times: in the language of its texts, as in the person's region. */
export let locale = 'en'

const listeners = new Set<() => void>()
let asked: Language

/**
 * Loads a language and sets the page to it. If another one is asked for meanwhile, that one wins.
 * @param preferred what the browser prefers, such as `de-AT`
 */
export async function loadTexts(language: Language, preferred: readonly string[] = []): Promise<void> {
  asked = language
  const loaded = await LOADED[language]()
  if (language !== asked) return
  texts = loaded
  locale = preferred.find((tag) => tag.split('-')[0] === language) ?? language
  for (const listener of listeners) listener()
}

export function onTexts(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
