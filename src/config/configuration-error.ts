/** Thrown at startup. The message says what is wrong and how to fix it, and never contains a variable's value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}
