/** The forms of ids and names, and durations in words. */

/** A UUID as text of a regular expression, to be part of others. */
export const UUID_PATTERN = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
export const UUID = new RegExp(`^${UUID_PATTERN}$`)
export const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/
/** RFC 6749 §3.3: printable ASCII without quotes, backslashes and spaces. */
export const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** A duration as a person says it: “ten minutes”, “24 hours”, “one day”. In whole seconds, minutes, hours or days. */
export function inWords(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const
  const [unit, unitMs] = units.find(([, unitMs]) => ms >= unitMs && ms % unitMs === 0) ?? (['second', 1_000] as const)
  const count = ms / unitMs
  return `${NUMBERS[count] ?? count} ${unit}${count === 1 ? '' : 's'}`
}
