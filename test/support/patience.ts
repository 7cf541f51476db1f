/**
 * The timeout, in milliseconds, of tests that start processes or a real browser, or do one thing hundreds of times.
 * Seconds are enough, but not on a slow or busy machine.
 */
export const PATIENT = { timeout: 180_000 }
