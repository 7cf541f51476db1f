/** A text at its place, such as `setup.removeTitle`. */
export interface PlacedText {
  place: string
  text: string
  /** Matches the text with anything in place of what it is about. */
  pattern: RegExp
}

/** Stands for anything that a text is about. */
const ABOUT = '⟪…⟫'

/** Returns every text of an object of texts. Those that are about something are shown with a placeholder. */
export function textsIn(object: unknown, place = ''): PlacedText[] {
  if (typeof object === 'string') return [{ place, text: object, pattern: patternOf(object) }]
  if (typeof object === 'function') return place === 'list' ? [] : variants(object as Writes, place)
  if (typeof object !== 'object' || object === null) throw new Error(`${place} is not a text`)
  return Object.entries(object).flatMap(([key, value]) => textsIn(value, place === '' ? key : `${place}.${key}`))
}

type Writes = (...about: unknown[]) => string

/** One text, or several if it differs for one and many, or with and without its second part. */
function variants(write: Writes, place: string): PlacedText[] {
  const all = [write(ABOUT, ABOUT), write(1, ABOUT), write(ABOUT, null)]
  return [...new Set(all)].map((text) => ({ place, text, pattern: patternOf(text) }))
}

/** Returns whether the text is about something, such as an app. */
export function isAbout({ text }: Pick<PlacedText, 'text'>): boolean {
  return text.includes(ABOUT) || text.includes('{name}')
}

function patternOf(text: string): RegExp {
  const parts = text.split(new RegExp(`${ABOUT}|{name}`)).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+')}$`, 'u')
}
