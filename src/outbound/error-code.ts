/** Returns an error code that a provider sent. Codes are names, and anything else isn't passed on. */
export function wellFormed(code: string): string | null {
  return /^[a-z0-9_.-]{1,64}$/i.test(code) ? code : null
}
