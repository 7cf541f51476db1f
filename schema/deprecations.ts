/** Versions and dates in the reasons of `@deprecated`, as docs/versioning.md promises them. */

/** How many minor versions something deprecated keeps working in, the one that deprecates it included. */
const KEPT_MINORS = 3
export const KEPT_DAYS = 90
export const FORM = '"Use `x` instead. Deprecated since 0.2, removed in 0.5 or later, not before 2027-03-01."'
const REASON =
  /^.+[.)] Deprecated since (\d+)\.(\d+), removed in (\d+)\.(\d+) or later, not before (\d{4}-\d\d-\d\d)\.$/s

/** A minor version, such as 0.2. */
export interface Minor {
  readonly major: number
  readonly minor: number
}

/** Until when something deprecated keeps working. */
export interface Window {
  since: Minor
  removedIn: Minor
  /** A day, such as 2027-03-01. */
  notBefore: string
}

/** @returns undefined if the reason doesn't have the form */
export function windowOf(reason: string): Window | undefined {
  const [, ...parts] = REASON.exec(reason) ?? []
  const [major = 0, minor = 0, inMajor = 0, inMinor = 0] = parts.slice(0, 4).map(Number)
  const notBefore = parts[4]
  if (notBefore === undefined || !isDay(notBefore)) return undefined
  return { since: { major, minor }, removedIn: { major: inMajor, minor: inMinor }, notBefore }
}

/** Returns whether what is deprecated may be removed in a version that is released on this day, or later. */
export function isOver({ removedIn, notBefore }: Window, next: Minor, today: string): boolean {
  return !isBefore(next, removedIn) && today >= notBefore
}

/** Returns what is wrong with a reason, as the end of a sentence. */
export function faultOfReason(reason: string): string | undefined {
  const window = windowOf(reason)
  if (!window) return `must have a reason like ${FORM}`
  const { since, removedIn } = window
  const first = { major: since.major, minor: since.minor + KEPT_MINORS }
  if (!isBefore(removedIn, first)) return undefined
  return `is deprecated since ${textOf(since)}, so it can't be removed before ${textOf(first)}`
}

export function isBefore(one: Minor, other: Minor): boolean {
  return one.major === other.major ? one.minor < other.minor : one.major < other.major
}

export function textOf({ major, minor }: Minor): string {
  return `${major}.${minor}`
}

export function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)
}

function isDay(text: string): boolean {
  const time = Date.parse(text)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
