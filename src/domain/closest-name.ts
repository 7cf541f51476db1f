/** Of a name, how many characters may be wrong. */
const TOLERANCE = 1 / 3

/**
 * Returns the known name that someone who wrote `given` most likely meant, or undefined if none is close.
 * @param tolerance the part of the characters that may be wrong
 */
export function closestName(given: string, known: readonly string[], tolerance = TOLERANCE): string | undefined {
  const limit = Math.floor(given.length * tolerance)
  const ranked = known
    .filter((name) => Math.abs(name.length - given.length) <= limit)
    .map((name) => ({ name, edits: editsBetween(given, name) }))
    .filter(({ edits }) => edits <= limit)
    .sort((one, other) => one.edits - other.edits)
  return ranked[0]?.name
}

/** Returns how many characters have to be inserted, removed, replaced or swapped to make one text of the other. */
function editsBetween(one: string, other: string): number {
  let former: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let index = 0; index < one.length; index++) {
    const next = [index + 1]
    for (let at = 0; at < other.length; at++) {
      const replaced = (row[at] ?? 0) + (one[index] === other[at] ? 0 : 1)
      const isSwapped = at > 0 && one[index] === other[at - 1] && one[index - 1] === other[at]
      const swapped = isSwapped ? (former[at - 1] ?? 0) + 1 : replaced
      next.push(Math.min(replaced, swapped, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1))
    }
    former = row
    row = next
  }
  return row[other.length] ?? 0
}
