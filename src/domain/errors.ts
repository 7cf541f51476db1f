import { inWords } from './formats.js'

/** What a caller can cause and repair. Each one is a typed member of the results that can meet it. */
export abstract class DomainError extends Error {}

/** The thing does not exist, or belongs to another user: the two are not told apart, so ids cannot be probed. */
export class NotFoundError extends DomainError {
  override readonly name = 'NotFoundError'
  constructor(
    readonly word: 'plugin' | 'skill' | 'connector' | 'connection' | 'setup' | 'authorization' | 'webhook' | 'delivery',
  ) {
    super(`There is no such ${word}, or it is not yours. Check the id, or list what you have first.`)
  }
}

export class PluginRetiredError extends DomainError {
  override readonly name = 'PluginRetiredError'
  constructor(readonly plugin: string) {
    super(
      `${plugin} was retired by its publisher and takes no new setups. Setups and skill copies you have already stay.`,
    )
  }
}

export class ConnectorUnavailableError extends DomainError {
  override readonly name = 'ConnectorUnavailableError'
  constructor(readonly connector: string) {
    super(`${connector} cannot be connected yet: an operator has to configure its client credentials.`)
  }
}

export class AppUnavailableError extends DomainError {
  override readonly name = 'AppUnavailableError'
  /** When asking again may help, in whole seconds; null when nobody knows. */
  readonly retryAfterSeconds: number | null
  constructor(app: string, retryInMs: number | null) {
    super(
      retryInMs === null
        ? `${app} offers no way to ask whether it still accepts this connection. It stays as it is.`
        : `${app} did not say whether it still accepts this connection. It stays as it is; try again later.`,
    )
    this.retryAfterSeconds = retryInMs === null ? null : Math.ceil(retryInMs / 1000)
  }
}

/** The key that sealed a token is not in the ring, or the service that holds it does not answer. */
export class VaultUnavailableError extends DomainError {
  override readonly name = 'VaultUnavailableError'
  constructor() {
    super('The stored access cannot be opened at the moment. Try again later; if it stays, ask an operator.')
  }
}

export class ConnectorNotRequiredError extends DomainError {
  override readonly name = 'ConnectorNotRequiredError'
  constructor(connector: string, plugin: string) {
    super(`${plugin} does not need ${connector}. Leave out the setup to connect ${connector} on its own.`)
  }
}

export class BindingImpossibleError extends DomainError {
  override readonly name = 'BindingImpossibleError'
  constructor() {
    super(
      'This call cannot set a cookie in the browser that will open the consent screen: the binding BROWSER needs an HTTP request made by a page of the same site (Sec-Fetch-Site: same-origin or same-site, with credentials: "include" from another origin). Use binding: CONFIRM with a returnTo instead.',
    )
  }
}

export class InvalidReturnToError extends DomainError {
  override readonly name = 'InvalidReturnToError'
  constructor(reason: 'missing' | 'not-allowed') {
    super(
      reason === 'missing'
        ? 'returnTo is missing: display REDIRECT and binding CONFIRM have to know where the browser goes afterwards.'
        : 'returnTo must be an absolute http(s) URL of an allowed origin. An operator allows origins with PATCHBAY_RETURN_ORIGINS.',
    )
  }
}

export class TooManyAuthorizationsError extends DomainError {
  override readonly name = 'TooManyAuthorizationsError'
  constructor(
    readonly limit: number,
    lifetimeMs: number,
  ) {
    super(
      `You already have ${limit} connection attempts open. Finish or cancel one, or wait ${inWords(lifetimeMs)} for them to expire.`,
    )
  }
}

export class AuthorizationEndedError extends DomainError {
  override readonly name = 'AuthorizationEndedError'
  constructor(readonly status: string) {
    super(`This attempt has ended already (${status}). Start a new one with authorizeConnector.`)
  }
}

export class ConfirmationRefusedError extends DomainError {
  override readonly name = 'ConfirmationRefusedError'
  constructor() {
    super(
      'The confirmation code does not belong to this attempt. Pass the code that the browser brought back to returnTo.',
    )
  }
}

export class ForbiddenError extends DomainError {
  override readonly name = 'ForbiddenError'
  constructor(caller: 'user' | 'setup-session' | 'api-key') {
    super(
      {
        user: 'Your token does not allow this. What operators do takes a token whose roles include the operator role, what host back ends do takes an API key with the scope that the field’s description names.',
        'setup-session':
          'A setup session allows nothing but its one setup: its steps, attempts at connecting them, and watching it.',
        'api-key':
          'This API key does not allow this. Operators give a key its scopes with npm run operator -- scope-key; what a user does takes the user’s own token.',
      }[caller],
    )
  }
}

/** The token is no longer accepted although it has not expired: the user was erased, or the setup session has ended. */
export class NotAdmittedError extends DomainError {
  override readonly name = 'NotAdmittedError'
  constructor() {
    super('Your token is no longer accepted. Get a fresh one from your host.')
  }
}

export class UnknownKeyError extends DomainError {
  override readonly name = 'UnknownKeyError'
  constructor() {
    super('There is no API key of this id. List those there are: npm run operator -- list-keys')
  }
}

export class KeyRevokedError extends DomainError {
  override readonly name = 'KeyRevokedError'
  constructor() {
    super('This API key was revoked, which is for good. Make another one: npm run operator -- create-key')
  }
}

export class ConnectorRequiredError extends DomainError {
  override readonly name = 'ConnectorRequiredError'
  constructor(
    connector: string,
    readonly plugins: readonly string[],
  ) {
    super(`${connector} is required by ${plugins.join(', ')}. Retire them first, or pass force: true.`)
  }
}

export class TooManyWebhooksError extends DomainError {
  override readonly name = 'TooManyWebhooksError'
  constructor(readonly limit: number) {
    super(`There are ${limit} webhooks already, and no more are taken. Remove one first, or let one serve for several.`)
  }
}

export class DuplicateWebhookError extends DomainError {
  override readonly name = 'DuplicateWebhookError'
  constructor(readonly webhookId: string) {
    super('Another webhook has this URL already. Change that one with updateWebhook, or remove it first.')
  }
}

/** One thing that is wrong with what was sent, and where: a path such as `connectors[0].scopes`. */
export interface InputFault {
  path: string
  message: string
}

export class InvalidInputError extends DomainError {
  override readonly name = 'InvalidInputError'
  constructor(
    what: string,
    readonly faults: readonly InputFault[],
  ) {
    super(
      `The ${what} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}; nothing was stored. ${faults.map((fault) => `${fault.path}: ${fault.message}`).join('; ')}`,
    )
  }
}
