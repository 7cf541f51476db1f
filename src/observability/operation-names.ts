const MAX_NAMES = 200
/** GraphQL's Name (specification, §2.1.9), no longer than a person would write. */
const NAME = /^[_A-Za-z][_0-9A-Za-z]{0,63}$/
/** Names that a program generated from an id or a number. */
const MADE_UP = /(?=[0-9a-f]*\d)[0-9a-f]{8}|\d{5}/i

/**
 * Returns a client's name for its operation as it may be shown. An invalid name, or one that contains an id, becomes
 * `other`.
 */
export function shownName(name: string | undefined): string {
  if (name === undefined) return 'anonymous'
  return NAME.test(name) && !MADE_UP.test(name) ? name : 'other'
}

/**
 * Returns operation names for labels. Because clients choose them, only the first 200 are distinguished.
 * @returns a function that names an operation. Only executed operations count toward the 200
 */
export function createOperationNames(max = MAX_NAMES) {
  const names = new Set(['anonymous', 'other'])
  return (name: string | undefined, carriedOut: boolean): string => {
    const shown = shownName(name)
    if (names.has(shown)) return shown
    if (!carriedOut || names.size >= max + 2) return 'other'
    names.add(shown)
    return shown
  }
}
