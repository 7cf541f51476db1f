import type { AuthorizationFailureCode } from '../../generated/prisma/enums.js'
import { inWords } from '../formats.js'
import { AUTHORIZATION_LIFETIME_MS } from './authorization-status.js'

interface Explanation {
  message: (app: string) => string
  /** Whether starting again may well work without anybody changing anything. */
  retryable: boolean
  hint: (app: string, signInUrl: string | null) => string
}

const signInFirst = (app: string, signInUrl: string | null) =>
  signInUrl ? `Sign in to ${app} first (${signInUrl}), then try again.` : `Sign in to ${app} first, then try again.`

/** What each failure means to the user who sees it. */
export const FAILURES: Record<AuthorizationFailureCode, Explanation> = {
  DENIED_BY_USER: {
    message: (app) => `You did not allow the access to ${app}.`,
    retryable: true,
    hint: () => 'Try again and choose to allow, when you want the skill to work.',
  },
  DEADLINE_PASSED: {
    message: (app) => `${app} did not answer within ${inWords(AUTHORIZATION_LIFETIME_MS)}.`,
    retryable: true,
    hint: signInFirst,
  },
  INTERRUPTED: {
    message: (app) => `Connecting ${app} was interrupted before it was finished.`,
    retryable: true,
    hint: () => 'Try again. Nothing was stored.',
  },
  APP_UNAVAILABLE: {
    message: (app) => `${app} is not answering as it should at the moment.`,
    retryable: true,
    hint: () => 'Try again in a few minutes.',
  },
  APP_REFUSED: {
    message: (app) => `${app} refused to connect.`,
    retryable: false,
    hint: () => 'Try again; if it stays, ask an operator to check the connector’s configuration.',
  },
  ISSUER_MISMATCH: {
    message: (app) => `The answer did not come from ${app}.`,
    retryable: false,
    hint: () => 'Try again from a page you trust. Nothing was connected.',
  },
  INVALID_TOKEN_RESPONSE: {
    message: (app) => `${app} sent an answer that could not be used.`,
    retryable: true,
    hint: () => 'Try again; if it stays, ask an operator to check the connector’s configuration.',
  },
  ACCOUNT_MISMATCH: {
    message: (app) =>
      `You signed in to another ${app} account than the one to re-authorize. The earlier connection is unchanged.`,
    retryable: true,
    hint: (app) => `Sign in to ${app} with the same account, or connect the other one as a new connection.`,
  },
  CONNECTOR_UNAVAILABLE: {
    message: (app) => `${app} cannot be connected at the moment: its client credentials are missing.`,
    retryable: false,
    hint: () => 'Ask an operator to configure the connector.',
  },
  CONFIRMED_BY_ANOTHER_USER: {
    message: (app) => `Somebody else was signed in when ${app} was to be connected, so it was not.`,
    retryable: true,
    hint: () => 'Try again while you are signed in as yourself, and do not open connect links that others sent you.',
  },
}
