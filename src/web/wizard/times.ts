import { locale, texts } from './texts.js'

const UNITS: readonly [Intl.RelativeTimeFormatUnit, ms: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

let formats = formatsIn(locale)

function formatsIn(locale: string) {
  return {
    locale,
    relative: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
    clock: new Intl.DateTimeFormat(locale, { timeStyle: 'short' }),
    day: new Intl.DateTimeFormat(locale, { weekday: 'long', month: 'long', day: 'numeric' }),
    whole: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
  }
}

function formatsNow(): typeof formats {
  if (formats.locale !== locale) formats = formatsIn(locale)
  return formats
}

/** Formats a time relative to now, such as “3 minutes ago” or “in 2 hours”. Within a minute, it's “just now”. */
export function fromNow(moment: string, now = Date.now()): string {
  const ms = Date.parse(moment) - now
  const found = UNITS.find(([, size]) => Math.abs(ms) >= size)
  if (!found) return texts.justNow
  const [unit, size] = found
  return formatsNow().relative.format(Math.round(ms / size), unit)
}

export function timeOfDay(moment: string): string {
  return formatsNow().clock.format(new Date(moment))
}

/** It doesn't break. */
export function dateAndTime(moment: string): string {
  return formatsNow().whole.format(new Date(moment)).replaceAll(' ', '\u00a0')
}

/**
 * Names a local date: “Today”, “Yesterday” or “Friday, November 27”.
 * @param date as `2026-11-27`
 */
export function dayName(date: string, now = new Date()): string {
  const { relative, day } = formatsNow()
  const midnight = new Date(`${date}T00:00`)
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate())
  const days = Math.round((midnight.getTime() - today.getTime()) / 86_400_000)
  const words = days < -1 ? day.format(midnight) : relative.format(days, 'day')
  return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1)
}
