import { inWords } from '../domain/formats.js'
import { AUTHORIZATION_LIFETIME_MS } from '../domain/view/authorization-status.js'
import { RETRY_WINDOW_MS } from '../domain/webhook/retry.js'
import { builder } from './builder.js'

export const ConnectionStatus = builder.enumType('ConnectionStatus', {
  description: 'Whether a connection can be used.',
  values: {
    LIVE: { description: 'Skills can use it now.' },
    EXPIRED: { description: 'The app’s access has run out and cannot be renewed without you.' },
    BROKEN: { description: 'The app no longer accepts it.' },
  } as const,
})

export const ConnectionProblemCode = builder.enumType('ConnectionProblemCode', {
  description: 'What is wrong with a connection.',
  values: {
    ACCESS_EXPIRED: { description: 'The access token ran out and there is no refresh token.' },
    ACCESS_REVOKED: { description: 'The access was taken back at the app.' },
    REFRESH_INTERRUPTED: { description: 'Renewing the access was cut off, and what the app sent was lost.' },
  } as const,
})

export const AccessTokenUnavailableReason = builder.enumType('AccessTokenUnavailableReason', {
  description: 'Why there is no access token for a skill.',
  values: {
    NOT_CONNECTED: { description: 'The user has not connected the app, or not the account that the setup uses.' },
    AMBIGUOUS_CONNECTION: { description: 'The user has several accounts, and it was not said which is meant.' },
    CONNECTION_EXPIRED: { description: 'The access has run out and cannot be renewed without the user.' },
    CONNECTION_BROKEN: { description: 'The app accepts the connection no more.' },
    MISSING_SCOPES: { description: 'The user has not allowed everything that the skill needs.' },
    CONNECTOR_UNAVAILABLE: { description: 'An operator has not configured the connector, or removed it.' },
    LIFETIME_TOO_SHORT: { description: 'The app’s tokens do not live for as long as was asked.' },
    APP_UNAVAILABLE: { description: 'The app does not renew the access at the moment.' },
    VAULT_UNAVAILABLE: { description: 'The stored access cannot be opened at the moment.' },
  } as const,
})

export const WebhookDeliveryStatus = builder.enumType('WebhookDeliveryStatus', {
  description: 'How far a delivery is.',
  values: {
    PENDING: {
      description: `It is tried until your back end has answered with a 2xx, for ${inWords(RETRY_WINDOW_MS, 'a')}.`,
    },
    DELIVERED: { description: 'Your back end has answered with a 2xx.' },
    DEAD: {
      description: `It was given up: after ${inWords(RETRY_WINDOW_MS, 'a')}, or because your back end answered 410. It can be replayed.`,
    },
  } as const,
})

export const SetupStatus = builder.enumType('SetupStatus', {
  description: 'How far a setup is.',
  values: {
    IN_PROGRESS: { description: 'Required steps are still to be done.' },
    READY: { description: 'Every required step is live.' },
    NEEDS_ATTENTION: { description: 'A required step is expired, broken, short of permissions or unavailable.' },
  } as const,
})

export const StepStatus = builder.enumType('StepStatus', {
  description: 'How one step of a setup stands.',
  values: {
    NOT_CONNECTED: { description: 'The app is not connected yet.' },
    AUTHORIZING: { description: 'An attempt is under way.' },
    LIVE: { description: 'Connected, with every permission the plugin requires.' },
    MISSING_SCOPES: { description: 'Connected, but permissions were left out: see missingScopes.' },
    EXPIRED: { description: 'The connection ran out.' },
    BROKEN: { description: 'The app no longer accepts the connection.' },
    UNAVAILABLE: { description: 'An operator has not configured the connector, or removed it.' },
  } as const,
})

export const Remedy = builder.enumType('Remedy', {
  description: 'The one thing to do next.',
  values: {
    CONNECT: { description: 'Connect the app: authorizeConnector.' },
    REAUTHORIZE: { description: 'Authorize the same account again: authorizeConnector with connectionId.' },
    GRANT_SCOPES: { description: 'Authorize again and allow what is missing: authorizeConnector with connectionId.' },
    WAIT: { description: 'An attempt is under way. Starting again and canceling stay possible.' },
    ASK_OPERATOR: { description: 'Only an operator can help: the connector has to be configured.' },
  } as const,
})

export const AuthorizationStatus = builder.enumType('AuthorizationStatus', {
  description: 'How an attempt stands. The first four are open, the others final.',
  values: {
    PENDING: { description: 'Its address has not been opened yet.' },
    OPENED: { description: 'A browser was sent to the consent screen.' },
    EXCHANGING: { description: 'The user has consented; Patchbay is fetching the tokens.' },
    AWAITING_CONFIRMATION: { description: 'The user has consented; the app has to call confirmAuthorization.' },
    SUCCEEDED: { description: 'The connection is live.' },
    DENIED: { description: 'The user did not allow it.' },
    FAILED: { description: 'It did not work: see failure.' },
    EXPIRED: { description: `Nothing came back within ${inWords(AUTHORIZATION_LIFETIME_MS)}.` },
    CANCELED: { description: 'The user gave it up.' },
    SUPERSEDED: { description: 'Another attempt at the same thing succeeded first.' },
  } as const,
})

export const AuthorizationFailureCode = builder.enumType('AuthorizationFailureCode', {
  description: 'Why an attempt failed.',
  values: {
    DENIED_BY_USER: { description: 'The user did not allow it on the consent screen.' },
    DEADLINE_PASSED: { description: `Nothing came back within ${inWords(AUTHORIZATION_LIFETIME_MS)}.` },
    INTERRUPTED: { description: 'Patchbay was interrupted while it fetched the tokens.' },
    APP_UNAVAILABLE: { description: 'The app did not answer, or answered that it cannot at the moment.' },
    APP_REFUSED: { description: 'The app refused.' },
    ISSUER_MISMATCH: { description: 'The answer came from somebody other than the app (RFC 9207).' },
    INVALID_TOKEN_RESPONSE: { description: 'The app’s answer could not be used.' },
    ACCOUNT_MISMATCH: { description: 'Another account was signed in than the one to re-authorize.' },
    CONNECTOR_UNAVAILABLE: { description: 'The connector’s client credentials were removed meanwhile.' },
    CONFIRMED_BY_ANOTHER_USER: { description: 'Somebody else was signed in to the app that was to confirm.' },
  } as const,
})

export const AuthorizationBinding = builder.enumType('AuthorizationBinding', {
  description: 'How it is made sure that whoever consents is whoever started.',
  values: {
    BROWSER: { description: 'A cookie binds the attempt to the browser of this request. For pages of the same site.' },
    CONFIRM: {
      description:
        'After consent the browser returns to your application with a one-time code. Your application passes it to confirmAuthorization as the signed-in user. Use it for other sites, WebSocket calls, back ends and native applications.',
    },
  } as const,
})

export const AuthorizationDisplay = builder.enumType('AuthorizationDisplay', {
  description: 'How the consent screen is shown.',
  values: {
    POPUP: { description: 'In a window of its own, which closes itself at the end.' },
    REDIRECT: { description: 'In place of your page; the browser comes back to returnTo.' },
  } as const,
})

export const ActivityKind = builder.enumType('ActivityKind', {
  description: 'What happened.',
  values: {
    SETUP_STARTED: { description: 'You started a plugin’s setup.' },
    SETUP_REMOVED: { description: 'You removed a setup.' },
    CONNECTION_CHOSEN: { description: 'You chose which account a setup uses.' },
    AUTHORIZATION_STARTED: { description: 'You started connecting an app.' },
    AUTHORIZATION_DENIED: { description: 'You did not allow the access.' },
    AUTHORIZATION_FAILED: { description: 'Connecting did not work.' },
    AUTHORIZATION_EXPIRED: { description: 'Nothing came back from the app in time.' },
    AUTHORIZATION_CANCELED: { description: 'You gave up connecting.' },
    CONNECTED: { description: 'An account was connected.' },
    REAUTHORIZED: { description: 'A connection was authorized again.' },
    CONNECTION_EXPIRED: { description: 'A connection ran out.' },
    CONNECTION_BROKEN: { description: 'The app no longer accepted a connection: see detail.' },
    CONNECTION_REFRESHED: { description: 'The access was renewed without you.' },
    TOKEN_ISSUED: { description: 'A skill runtime was given a token of this connection: see apiKeyName.' },
    DISCONNECTED: { description: 'You disconnected an account.' },
  } as const,
})
