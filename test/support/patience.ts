/**
 * What a test gets that starts processes or a real browser, or does one thing hundreds of times, in milliseconds: seconds suffice, but
 * not on a slow machine with other things to do.
 */
export const PATIENT = { timeout: 180_000 }
