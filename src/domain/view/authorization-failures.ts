import type { AuthorizationFailureCode } from '../../generated/prisma/enums.js'
import { inWords } from '../formats.js'
import { AUTHORIZATION_LIFETIME_MS } from './authorization-limits.js'

interface Explanation {
  message: (app: string) => string
  /** Whether starting again may work without any other change. */
  retryable: boolean
  hint: (app: string) => string
}

const signInFirst = (app: string) => `Sign in to ${app} first, then try again.`

/** What each failure means to the user who sees it. */
export const FAILURES: Record<AuthorizationFailureCode, Explanation> = {
  DENIED_BY_USER: {
    message: (app) => `You didn’t give access to ${app}.`,
    retryable: true,
    hint: () => 'To use skills that need it, choose Allow next time.',
  },
  DEADLINE_PASSED: {
    message: (app) => `Nothing came back from ${app} within ${inWords(AUTHORIZATION_LIFETIME_MS)}.`,
    retryable: true,
    hint: signInFirst,
  },
  INTERRUPTED: {
    message: (app) => `Connecting ${app} was interrupted.`,
    retryable: true,
    hint: () => 'Nothing was connected. Try again.',
  },
  APP_UNAVAILABLE: {
    message: (app) => `${app} isn’t responding as it should right now.`,
    retryable: true,
    hint: () => 'Try again in a few minutes.',
  },
  APP_REFUSED: {
    message: (app) => `${app} refused the connection.`,
    retryable: false,
    hint: () => 'Try again. If the problem persists, contact your administrator.',
  },
  ISSUER_MISMATCH: {
    message: (app) => `We couldn’t verify that this response came from ${app}, so nothing was connected.`,
    retryable: false,
    hint: () => 'Try again from a page you trust.',
  },
  INVALID_TOKEN_RESPONSE: {
    message: (app) => `${app} sent a response we couldn’t use.`,
    retryable: true,
    hint: () => 'Try again. If the problem persists, contact your administrator.',
  },
  ACCOUNT_MISMATCH: {
    message: (app) => `You signed in to a different ${app} account than the one you connected, so nothing changed.`,
    retryable: true,
    hint: (app) => `Sign in to ${app} with the account you connected, or connect the other one in addition.`,
  },
  CONNECTOR_UNAVAILABLE: {
    message: (app) => `${app} can’t be connected yet because its setup on our side isn’t complete.`,
    retryable: false,
    hint: () => 'Contact your administrator.',
  },
  CONFIRMED_BY_ANOTHER_USER: {
    message: (app) => `Someone else was signed in when ${app} was about to be connected, so nothing was connected.`,
    retryable: true,
    hint: () => 'Sign in as yourself and try again. Don’t open connect links that others send you.',
  },
  INTERACTION_REQUIRED: {
    message: (app) => `${app} needs you to sign in or to answer something on its own pages first.`,
    retryable: true,
    hint: signInFirst,
  },
  APPROVAL_PENDING: {
    message: (app) => `Someone else has to approve ${app} for your organization first.`,
    retryable: false,
    hint: (app) => `Ask an owner or administrator of your ${app} organization to approve it, then connect again.`,
  },
  APPROVAL_GRANTED: {
    message: (app) => `${app} is approved or installed now, but your account isn’t connected yet.`,
    retryable: true,
    hint: (app) => `Connect ${app} once more to finish.`,
  },
  NO_CODE_RECEIVED: {
    message: (app) => `${app} sent you back without giving access.`,
    retryable: true,
    hint: (app) =>
      `Try again and finish every step that ${app} shows. If the problem persists, contact your administrator.`,
  },
  CLIENT_REFUSED: {
    message: (app) => `${app} isn’t set up correctly here, so it wasn’t connected.`,
    retryable: false,
    hint: (app) => `Ask your administrator to check the client ID and secret for ${app}.`,
  },
  SCOPE_REFUSED: {
    message: (app) => `${app} doesn’t offer a permission we asked for, so it wasn’t connected.`,
    retryable: false,
    hint: (app) => `Ask your administrator to check which permissions are enabled for ${app}.`,
  },
  REDIRECT_URI_REFUSED: {
    message: (app) => `${app} doesn’t know the address it should send you back to, so it wasn’t connected.`,
    retryable: false,
    hint: (app) => `Ask your administrator to register the redirect URI for ${app}.`,
  },
  ADDRESS_BLOCKED: {
    message: (app) => `We aren’t allowed to contact ${app} at its address, so it wasn’t connected.`,
    retryable: false,
    hint: (app) => `Ask your administrator to check the address of ${app}.`,
  },
  NOTHING_TO_CHOOSE: {
    message: (app) => `Your ${app} account has no site or organization that could be connected.`,
    retryable: true,
    hint: (app) => `Sign in to ${app} with another account, or ask for access there. Then try again.`,
  },
  NOTHING_CHOSEN: {
    message: (app) => `You didn’t choose what to connect in ${app} in time, so nothing was connected.`,
    retryable: true,
    hint: () => `Try again, and choose within ${inWords(AUTHORIZATION_LIFETIME_MS)}.`,
  },
}

/** Returns a code that this version knows. While instances are updated, newer ones may store codes of their own. */
export function knownFailure(code: string): AuthorizationFailureCode {
  return Object.hasOwn(FAILURES, code) ? (code as AuthorizationFailureCode) : 'APP_REFUSED'
}
