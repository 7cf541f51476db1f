import { texts } from './texts.js'

const UNITS: readonly [Intl.RelativeTimeFormatUnit, ms: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]
const relative = new Intl.RelativeTimeFormat(texts.language, { numeric: 'auto' })
const clock = new Intl.DateTimeFormat(texts.language, { timeStyle: 'short' })
const day = new Intl.DateTimeFormat(texts.language, { weekday: 'long', month: 'long', day: 'numeric' })
const whole = new Intl.DateTimeFormat(texts.language, { dateStyle: 'medium', timeStyle: 'short' })

/** Formats a time relative to now, such as “3 minutes ago” or “in 2 hours”. Within a minute, it's “now”. */
export function fromNow(moment: string, now = Date.now()): string {
  const ms = Date.parse(moment) - now
  const [unit, size] = UNITS.find(([, size]) => Math.abs(ms) >= size) ?? ['second', Number.POSITIVE_INFINITY]
  return relative.format(Math.round(ms / size), unit)
}

export function timeOfDay(moment: string): string {
  return clock.format(new Date(moment))
}

export function dateAndTime(moment: string): string {
  return whole.format(new Date(moment))
}

/**
 * Names a local date: “Today”, “Yesterday” or “Friday, November 27”.
 * @param date as `2026-11-27`
 */
export function dayName(date: string, now = new Date()): string {
  const midnight = new Date(`${date}T00:00`)
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate())
  const days = Math.round((midnight.getTime() - today.getTime()) / 86_400_000)
  if (days < -1) return day.format(midnight)
  const words = relative.format(days, 'day')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
