const MAX_MS = 24 * 3_600_000

/**
 * How long a server asks to be left alone: `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), a day at most; null
 * when it does not say.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | null {
  const value = headers.get('retry-after')?.trim()
  if (!value) return null
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), MAX_MS)
}
