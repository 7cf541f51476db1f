/** What callers may do only so often. docs/configuration.md says who is counted, and what counts. */
export type RateLimit =
  | 'authorizations'
  | 'changes'
  | 'checks'
  | 'tokens'
  | 'refreshes'
  | 'setup-sessions'
  | 'user-setup-sessions'
  | 'administration'
  | 'outbound'
  | 'wrong-credentials'
  | 'unknown-pages'
  | 'staging-passwords'
