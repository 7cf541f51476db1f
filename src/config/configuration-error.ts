/** Thrown at startup. The message says what is wrong and how to fix it, and never contains what may be secret. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}
