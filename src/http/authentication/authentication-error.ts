/** The caller couldn't be authenticated. The message says what to do, and nothing about the token. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError'
}
