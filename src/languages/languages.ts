/** The languages that people can read Patchbay in, by the names that their speakers know. Others get the first one. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', es: 'Español' } as const
export type Language = keyof typeof LANGUAGES

/** Keeps the language that a person chose in the wizard, for the pages that the server renders too. */
export const LANGUAGE_COOKIE = 'patchbay_language'

/** More than any browser sends. */
const MOST_HEADER_LENGTH = 500

export function isLanguage(text: string | undefined): text is Language {
  return text !== undefined && Object.hasOwn(LANGUAGES, text)
}

/** Returns the first language that there is. A region doesn't matter: `de-AT` is German. */
export function languageFor(tags: readonly string[]): Language {
  return tags.map((tag) => tag.split('-')[0]?.toLowerCase()).find(isLanguage) ?? 'en'
}

/** Returns the languages of an `Accept-Language` header (RFC 9110 §12.5.4), the preferred ones first. */
export function acceptedLanguages(header = ''): string[] {
  return header
    .slice(0, MOST_HEADER_LENGTH)
    .split(',')
    .map((item) => {
      const [tag = '', quality] = item.split(';')
      return { tag: tag.trim(), weight: Number(quality?.trim().replace(/^q=/i, '') ?? 1) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag)
}
