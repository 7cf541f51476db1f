const MAX_NAMES = 200
/** GraphQL's Name (specification, §2.1.9), not longer than a person would write. */
const NAME = /^[_A-Za-z][_0-9A-Za-z]{0,63}$/
/** Names that a program made of an id or a number. */
const MADE_UP = /(?=[0-9a-f]*\d)[0-9a-f]{8}|\d{5}/i

/** A client's name for its operation as it may be shown: one that is no name, or has an id in it, is `other`. */
export function shownName(name: string | undefined): string {
  if (name === undefined) return 'anonymous'
  return NAME.test(name) && !MADE_UP.test(name) ? name : 'other'
}

/**
 * Names of operations for labels: clients choose them, so only the first 200 are told apart.
 * @returns a function that names an operation; only one that was carried out takes one of the places
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
