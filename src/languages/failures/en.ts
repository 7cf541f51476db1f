/** Why connecting an app failed and what to do, by the API's code. */
export const failures = {
  DENIED_BY_USER: {
    message: (app: string) => `You didn’t give access to ${app}.`,
    hint: () => 'To use skills that need it, choose Allow next time.',
  },
  DEADLINE_PASSED: {
    message: (app: string) => `Nothing came back from ${app} in time.`,
    hint: (app: string) => `Sign in to ${app} first, then try again.`,
  },
  INTERRUPTED: {
    message: (app: string) => `Connecting ${app} was interrupted.`,
    hint: () => 'Nothing was connected. Try again.',
  },
  APP_UNAVAILABLE: {
    message: (app: string) => `${app} isn’t responding as it should right now.`,
    hint: () => 'Try again in a few minutes.',
  },
  APP_REFUSED: {
    message: (app: string) => `${app} refused the connection.`,
    hint: () => 'Try again. If the problem persists, contact your administrator.',
  },
  ISSUER_MISMATCH: {
    message: (app: string) => `We couldn’t verify that this response came from ${app}, so nothing was connected.`,
    hint: () => 'Try again from a page you trust.',
  },
  INVALID_TOKEN_RESPONSE: {
    message: (app: string) => `${app} sent a response we couldn’t use.`,
    hint: () => 'Try again. If the problem persists, contact your administrator.',
  },
  ACCOUNT_MISMATCH: {
    message: (app: string) =>
      `You signed in to a different ${app} account than the one you connected, so nothing changed.`,
    hint: (app: string) => `Sign in to ${app} with the account you connected, or connect the other one in addition.`,
  },
  CONNECTOR_UNAVAILABLE: {
    message: (app: string) => `${app} isn’t available yet.`,
    hint: () => 'Your administrator has to set it up first.',
  },
  CONFIRMED_BY_ANOTHER_USER: {
    message: (app: string) =>
      `Someone else was signed in when ${app} was about to be connected, so nothing was connected.`,
    hint: () => 'Sign in as yourself and try again. Don’t open connect links that others send you.',
  },
  INTERACTION_REQUIRED: {
    message: (app: string) => `${app} needs you to sign in or to answer something on its own pages first.`,
    hint: (app: string) => `Sign in to ${app} first, then try again.`,
  },
  APPROVAL_PENDING: {
    message: (app: string) => `Someone else has to approve ${app} for your organization first.`,
    hint: (app: string) =>
      `Ask an owner or administrator of your ${app} organization to approve it, then connect again.`,
  },
  APPROVAL_GRANTED: {
    message: (app: string) => `${app} is approved or installed now, but your account isn’t connected yet.`,
    hint: (app: string) => `Connect ${app} once more to finish.`,
  },
  NO_CODE_RECEIVED: {
    message: (app: string) => `${app} sent you back without giving access.`,
    hint: (app: string) =>
      `Try again and finish every step that ${app} shows. If the problem persists, contact your administrator.`,
  },
  CLIENT_REFUSED: {
    message: (app: string) => `${app} isn’t set up correctly here, so it wasn’t connected.`,
    hint: (app: string) => `Ask your administrator to check the client ID and secret for ${app}.`,
  },
  SCOPE_REFUSED: {
    message: (app: string) => `${app} doesn’t offer a permission we asked for, so it wasn’t connected.`,
    hint: (app: string) => `Ask your administrator to check which permissions are enabled for ${app}.`,
  },
  REDIRECT_URI_REFUSED: {
    message: (app: string) => `${app} doesn’t know the address it should send you back to, so it wasn’t connected.`,
    hint: (app: string) => `Ask your administrator to register the redirect URI for ${app}.`,
  },
  ADDRESS_BLOCKED: {
    message: (app: string) => `We aren’t allowed to contact ${app} at its address, so it wasn’t connected.`,
    hint: (app: string) => `Ask your administrator to check the address of ${app}.`,
  },
  NOTHING_TO_CHOOSE: {
    message: (app: string) => `Your ${app} account has no site or organization that could be connected.`,
    hint: (app: string) => `Sign in to ${app} with another account, or ask for access there. Then try again.`,
  },
  NOTHING_CHOSEN: {
    message: (app: string) => `You didn’t choose what to connect in ${app} in time, so nothing was connected.`,
    hint: () => 'Try again, and choose before the time is up.',
  },
}

/** The same codes in another language. */
export type FailureTexts = Record<keyof typeof failures, { message(app: string): string; hint(app: string): string }>
