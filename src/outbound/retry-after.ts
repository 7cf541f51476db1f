const MAX_MS = 24 * 3_600_000

/**
 * Returns how long a server asks to be left alone (`Retry-After`, RFC 9110 §10.2.3), in milliseconds: at most a day, or
 * 0 for a date in the past.
 * @param value whole seconds or a date
 * @param nowMs the current time by the clock that dates are compared with
 * @returns null if the header is absent or invalid
 */
export function retryAfterMs(value: string | null | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_MS)
  // Other numbers, such as -5 and 1.5, would be read as dates.
  const ms = Number.isNaN(Number(text)) ? Date.parse(text) - nowMs : Number.NaN
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), MAX_MS)
}
