/** The formats of ids, names and durations. */

/** A regular expression for a UUID, as text, to be part of others. */
export const UUID_PATTERN = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
export const UUID = new RegExp(`^${UUID_PATTERN}$`)
/** Returns a UUID, given its 32 hexadecimal digits. */
export function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/
/** RFC 6749 §3.3: printable ASCII without quotes, backslashes and spaces. */
export const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** Returns the time `ms` milliseconds after another, or null if `ms` is null. */
export function later<Ms extends number | null>(time: Date, ms: Ms): Ms extends null ? null : Date
export function later(time: Date, ms: number | null): Date | null {
  return ms === null ? null : new Date(time.getTime() + ms)
}

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/**
 * Returns a duration in words, such as “ten minutes”, “24 hours” or “one day”. It must be in whole seconds, minutes,
 * hours or days.
 * @param one the word for 1, such as “a” for “a day”
 */
export function inWords(ms: number, one = 'one'): string {
  const units = [
    ['day', DAY_MS],
    ['hour', HOUR_MS],
    ['minute', MINUTE_MS],
  ] as const
  const [unit, unitMs] = units.find(([, unitMs]) => ms >= unitMs && ms % unitMs === 0) ?? (['second', 1_000] as const)
  const count = ms / unitMs
  return count === 1 ? `${one} ${unit}` : `${NUMBERS[count] ?? count} ${unit}s`
}
