import { inWords } from '../domain/formats.js'
import { AUTHORIZATION_LIFETIME_MS } from '../domain/view/authorization-limits.js'
import { RETRY_WINDOW_MS } from '../domain/webhook/retry.js'
import { builder } from './builder.js'

export const ConnectionStatus = builder.enumType('ConnectionStatus', {
  description: 'The status of a connection.',
  values: {
    LIVE: { description: 'Skills can use it now.' },
    EXPIRED: { description: 'Access has expired and can’t be renewed without you.' },
    BROKEN: { description: 'The app no longer accepts it.' },
  } as const,
})

export const ConnectionProblemCode = builder.enumType('ConnectionProblemCode', {
  description: 'What’s wrong with a connection.',
  values: {
    ACCESS_EXPIRED: { description: 'The access token expired and there is no refresh token.' },
    ACCESS_REVOKED: { description: 'Access was revoked at the app.' },
    RENEWAL_REFUSED: {
      description: 'The app repeatedly refused to renew the access token, without saying that access was revoked.',
    },
    REFRESH_INTERRUPTED: { description: 'A token refresh was interrupted, and the app’s response was lost.' },
  } as const,
})

export const AccessTokenUnavailableReason = builder.enumType('AccessTokenUnavailableReason', {
  description: 'Why there is no access token for a skill.',
  values: {
    NOT_CONNECTED: { description: 'The user hasn’t connected the app, or not the account that the setup uses.' },
    AMBIGUOUS_CONNECTION: {
      description: 'The user has several accounts, and the request doesn’t say which one to use.',
    },
    CONNECTION_EXPIRED: { description: 'Access has expired and can’t be renewed without the user.' },
    CONNECTION_BROKEN: { description: 'The app no longer accepts the connection.' },
    MISSING_SCOPES: { description: 'The user hasn’t granted every permission that the skill needs.' },
    CONNECTOR_UNAVAILABLE: { description: 'An operator hasn’t configured the connector, or has removed it.' },
    LIFETIME_TOO_SHORT: { description: 'The app’s tokens don’t last as long as requested.' },
    APP_UNAVAILABLE: { description: 'The app isn’t renewing access right now.' },
    CLIENT_REFUSED: {
      description:
        'The app refuses the connector’s client credentials or settings, and not only for this user. An operator has to correct them.',
    },
    VAULT_UNAVAILABLE: { description: 'The stored tokens can’t be opened right now.' },
  } as const,
})

export const WebhookDeliveryStatus = builder.enumType('WebhookDeliveryStatus', {
  description: 'The status of a delivery.',
  values: {
    PENDING: {
      description: `Patchbay tries it until your back end answers with a 2xx, for up to ${inWords(RETRY_WINDOW_MS, 'a')}.`,
    },
    DELIVERED: { description: 'Your back end answered with a 2xx.' },
    DEAD: {
      description: `Patchbay gave up after ${inWords(RETRY_WINDOW_MS, 'a')}, or because your back end answered 410. You can replay it.`,
    },
  } as const,
})

export const SetupStatus = builder.enumType('SetupStatus', {
  description: 'The status of a setup.',
  values: {
    IN_PROGRESS: { description: 'Some required steps aren’t done yet.' },
    READY: { description: 'Every required step is live.' },
    NEEDS_ATTENTION: { description: 'A required step is expired, broken, unavailable or missing permissions.' },
  } as const,
})

export const StepStatus = builder.enumType('StepStatus', {
  description: 'The status of one step of a setup.',
  values: {
    NOT_CONNECTED: { description: 'The app isn’t connected yet.' },
    AUTHORIZING: { description: 'An authorization is in progress.' },
    LIVE: { description: 'Connected, with every permission the plugin requires.' },
    MISSING_SCOPES: { description: 'Connected, but some permissions weren’t granted: see `missingScopes`.' },
    EXPIRED: { description: 'The connection expired.' },
    BROKEN: { description: 'The app no longer accepts the connection.' },
    UNAVAILABLE: { description: 'An operator hasn’t configured the connector, or has removed it.' },
  } as const,
})

export const Remedy = builder.enumType('Remedy', {
  description: 'The one thing to do next.',
  values: {
    CONNECT: { description: 'Connect the app: call authorizeConnector.' },
    REAUTHORIZE: { description: 'Reconnect the same account: call authorizeConnector with connectionId.' },
    GRANT_SCOPES: { description: 'Grant the missing permissions: call authorizeConnector with connectionId.' },
    WAIT: { description: 'An authorization is in progress. You can still start again or cancel.' },
    ASK_OPERATOR: { description: 'An operator has to configure the connector.' },
  } as const,
})

export const AuthorizationStatus = builder.enumType('AuthorizationStatus', {
  description: 'The status of an authorization. The first five are open, the rest are final.',
  values: {
    PENDING: { description: 'Its URL hasn’t been opened yet.' },
    OPENED: { description: 'The browser was sent to the consent screen.' },
    EXCHANGING: { description: 'The user has consented, and Patchbay is fetching the tokens.' },
    AWAITING_CONFIRMATION: {
      description: 'The user has consented, and your application has to call confirmAuthorization.',
    },
    AWAITING_CHOICE: {
      description:
        'The user has consented for several accounts, and has to choose one: on Patchbay’s page in the same window, or with chooseAccount. See `choices`.',
    },
    SUCCEEDED: { description: 'The connection is live.' },
    DENIED: { description: 'The user denied access.' },
    FAILED: { description: 'It failed: see `failure`.' },
    EXPIRED: { description: `Nothing came back, or nothing was chosen, within ${inWords(AUTHORIZATION_LIFETIME_MS)}.` },
    CANCELED: { description: 'The user canceled it.' },
    SUPERSEDED: { description: 'Another authorization for the same connection succeeded first.' },
  } as const,
})

export const AuthorizationFailureCode = builder.enumType('AuthorizationFailureCode', {
  description: 'Why an authorization failed.',
  values: {
    DENIED_BY_USER: { description: 'The user denied access on the consent screen.' },
    DEADLINE_PASSED: { description: `Nothing came back within ${inWords(AUTHORIZATION_LIFETIME_MS)}.` },
    INTERRUPTED: { description: 'Patchbay was interrupted while it fetched the tokens.' },
    APP_UNAVAILABLE: { description: 'The app didn’t respond, or said that it’s unavailable.' },
    APP_REFUSED: { description: 'The app refused.' },
    ISSUER_MISMATCH: { description: 'The response didn’t come from the app (RFC 9207).' },
    INVALID_TOKEN_RESPONSE: { description: 'The app’s response couldn’t be used.' },
    ACCOUNT_MISMATCH: { description: 'The user signed in to a different account than the one to reconnect.' },
    CONNECTOR_UNAVAILABLE: { description: 'The connector’s client credentials were removed in the meantime.' },
    CONFIRMED_BY_ANOTHER_USER: { description: 'Another user was signed in to your application when it confirmed.' },
    INTERACTION_REQUIRED: {
      description: 'The app needs the user to sign in or to answer something on its pages first.',
    },
    APPROVAL_PENDING: { description: 'Someone else, such as an administrator, has to approve first.' },
    APPROVAL_GRANTED: { description: 'The app was approved or installed, but the user hasn’t connected it yet.' },
    NO_CODE_RECEIVED: { description: 'The app sent the user back without a code and without an error.' },
    CLIENT_REFUSED: { description: 'The app refused the connector’s client credentials. An operator has to act.' },
    SCOPE_REFUSED: { description: 'The app refused a scope that was requested. An operator has to act.' },
    REDIRECT_URI_REFUSED: {
      description: 'The app refused the connector’s redirect URI. An operator has to register it at the app.',
    },
    ADDRESS_BLOCKED: {
      description:
        'The app’s address is a private one, which Patchbay doesn’t contact in production. An operator has to act.',
    },
    NOTHING_TO_CHOOSE: { description: 'The user’s account at the app has no site or organization to connect.' },
    NOTHING_CHOSEN: {
      description: `The user consented, but didn’t choose an account within ${inWords(AUTHORIZATION_LIFETIME_MS)}.`,
    },
  } as const,
})

export const AuthorizationBinding = builder.enumType('AuthorizationBinding', {
  description: 'How Patchbay makes sure that the person who consents is the one who started.',
  values: {
    BROWSER: {
      description:
        'A cookie binds the authorization to the browser that made this request. For pages of the same site.',
    },
    CONFIRM: {
      description:
        'After consent the browser returns to your application with a one-time code. Your application passes it to confirmAuthorization as the signed-in user. Use it for other sites, WebSocket calls, back ends and native applications.',
    },
  } as const,
})

export const AuthorizationDisplay = builder.enumType('AuthorizationDisplay', {
  description: 'How the consent screen is shown.',
  values: {
    POPUP: { description: 'In a separate window that closes itself at the end.' },
    REDIRECT: { description: 'In place of your page. The browser returns to `returnTo`.' },
  } as const,
})

export const ActivityKind = builder.enumType('ActivityKind', {
  description: 'What happened.',
  values: {
    SETUP_STARTED: { description: 'You started a plugin’s setup.' },
    SETUP_REMOVED: { description: 'You removed a setup.' },
    CONNECTION_CHOSEN: { description: 'You chose which account a setup uses.' },
    AUTHORIZATION_STARTED: { description: 'You started connecting an app.' },
    AUTHORIZATION_DENIED: { description: 'You denied access.' },
    AUTHORIZATION_FAILED: { description: 'Connecting failed.' },
    AUTHORIZATION_EXPIRED: { description: 'Nothing came back from the app in time.' },
    AUTHORIZATION_CANCELED: { description: 'You canceled connecting.' },
    CONNECTED: { description: 'An account was connected.' },
    REAUTHORIZED: { description: 'A connection was authorized again, to reconnect it or to grant more permissions.' },
    CONNECTION_EXPIRED: { description: 'A connection expired.' },
    CONNECTION_BROKEN: { description: 'The app stopped accepting a connection: see `detail`.' },
    CONNECTION_REFRESHED: { description: 'Access was renewed in the background.' },
    TOKEN_ISSUED: { description: 'A skill runtime got a token for this connection. `apiKeyName` says which.' },
    DISCONNECTED: { description: 'You disconnected an account.' },
  } as const,
})
