import { inWords } from './formats.js'

/** An error that a caller can cause and fix. Each is a typed member of the results in which it can occur. */
export abstract class DomainError extends Error {}

/** The object doesn't exist or belongs to another user. The two look the same, so that ids can't be probed. */
export class NotFoundError extends DomainError {
  override readonly name = 'NotFoundError'
  constructor(
    readonly word: 'plugin' | 'skill' | 'connector' | 'connection' | 'setup' | 'authorization' | 'webhook' | 'delivery',
    /** What is wrong with the id itself, if that is known. */
    why?: string,
  ) {
    super(why ?? (OF_EVERYONE.has(word) ? `This ${word} doesn’t exist. Check its slug or id.` : missing(word)))
  }
}

/** These belong to no user. */
const OF_EVERYONE: ReadonlySet<string> = new Set(['plugin', 'connector', 'skill'])

function missing(word: string): string {
  return `This ${word} doesn’t exist or belongs to another user. Check the id.`
}

export class PluginRetiredError extends DomainError {
  override readonly name = 'PluginRetiredError'
  constructor(readonly plugin: string) {
    super(
      `${plugin} was retired by its publisher, so it can’t be set up anymore. Your existing setups and skills keep working.`,
    )
  }
}

export class ConnectorUnavailableError extends DomainError {
  override readonly name = 'ConnectorUnavailableError'
  constructor(readonly connector: string) {
    super(`${connector} can’t be connected yet. Ask your administrator to set it up.`)
  }
}

export class AppUnavailableError extends DomainError {
  override readonly name = 'AppUnavailableError'
  /** When trying again may help, in whole seconds. Null if unknown. */
  readonly retryAfterSeconds: number | null
  constructor(app: string, retryInMs: number | null) {
    super(
      retryInMs === null
        ? `${app} has no way to check whether it still accepts this connection. Nothing changed.`
        : `${app} didn’t say whether it still accepts this connection. Nothing changed. Try again later.`,
    )
    this.retryAfterSeconds = retryInMs === null ? null : Math.ceil(retryInMs / 1000)
  }
}

/** The app doesn't accept the connector's client, so it says nothing about the connection. */
export class ClientRefusedError extends DomainError {
  override readonly name = 'ClientRefusedError'
  constructor(app: string) {
    super(
      `${app} isn’t set up correctly here, so your connection couldn’t be checked. Nothing changed. Ask your administrator to check the client ID and secret for ${app}.`,
    )
  }
}

/** The key that sealed a token isn't in the ring, or its key service doesn't respond. */
export class VaultUnavailableError extends DomainError {
  override readonly name = 'VaultUnavailableError'
  constructor() {
    super(
      'The stored access for this connection isn’t available right now. Try again later. If the problem persists, contact your administrator.',
    )
  }
}

export class ConnectorNotRequiredError extends DomainError {
  override readonly name = 'ConnectorNotRequiredError'
  constructor(connector: string, plugin: string) {
    super(`${plugin} doesn’t use ${connector}. To connect ${connector} on its own, leave out the setup.`)
  }
}

export class BindingImpossibleError extends DomainError {
  override readonly name = 'BindingImpossibleError'
  constructor() {
    super(
      'Patchbay can’t set a cookie in the browser that made this call, so it can’t tie the authorization to it. Call over HTTP from a page of the same site, with credentials: "include" if its origin differs. Otherwise use binding: CONFIRM and a returnTo.',
    )
  }
}

export class InvalidReturnToError extends DomainError {
  override readonly name = 'InvalidReturnToError'
  /** @param nearMiss a sentence about an allowed address that is nearly the same */
  constructor(reason: 'missing' | 'not-allowed' | 'native-needs-confirm' | 'too-long', nearMiss = '') {
    super(
      {
        missing:
          'returnTo is missing. With display REDIRECT or binding CONFIRM, it says where the browser goes afterward.',
        'not-allowed':
          'returnTo must be an absolute http(s) URL of an allowed origin, or an allowed address of a native app. Operators allow origins with PATCHBAY_RETURN_ORIGINS, and native apps with PATCHBAY_NATIVE_RETURNS.' +
          (nearMiss && ` ${nearMiss}`),
        'native-needs-confirm': 'returnTo leads to a native app, so start the authorization with binding CONFIRM.',
        'too-long':
          'returnTo is longer than 2,000 characters. Keep long values in your application, and pass a key to them.',
      }[reason],
    )
  }
}

/** What a person entered for a connector's variables can't be used. Written for that person. */
export class InvalidVariablesError extends DomainError {
  override readonly name = 'InvalidVariablesError'
  constructor(readonly faults: readonly VariableFault[]) {
    super(faults.map(({ message }) => message).join(' '))
  }
}

/** One variable that can't be used, and what to enter. */
export interface VariableFault {
  variable: string
  message: string
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
    super(`This authorization has already ended (${status}). Start a new one with authorizeConnector.`)
  }
}

export class ConfirmationRefusedError extends DomainError {
  override readonly name = 'ConfirmationRefusedError'
  constructor() {
    super(
      'This confirmation code doesn’t belong to this authorization. Pass the code that the browser brought to returnTo.',
    )
  }
}

export class UnknownChoiceError extends DomainError {
  override readonly name = 'UnknownChoiceError'
  constructor() {
    super('This authorization doesn’t offer this choice. Pass the choiceId of one of its choices.')
  }
}

/** Who may do what a caller may not. */
export interface Admitted {
  /** A user's own token. */
  users: boolean
  /** A user's own token with the operator role. */
  operators: boolean
  /** An API key with one of these scopes. */
  scopes: readonly string[]
}

const USERS: Admitted = { users: true, operators: false, scopes: [] }

export class ForbiddenError extends DomainError {
  override readonly name = 'ForbiddenError'
  constructor(caller: 'user' | 'setup-session' | 'api-key', admitted: Admitted = USERS) {
    super(
      {
        user: userRefusal(admitted),
        'setup-session':
          'This setup session doesn’t allow this. It can only watch its own setup and connect its apps. For everything else, send the user’s own token.',
        'api-key': keyRefusal(admitted),
      }[caller],
    )
  }
}

function userRefusal({ operators, scopes }: Admitted): string {
  const key = `an API key with the scope ${scopes.join(' or ')}`
  if (!operators) return `This is for back ends, and not for users. Send ${scopes.length > 0 ? key : 'an API key'}.`
  return `Your token doesn’t allow this. Operators need a token with the operator role.${scopes.length > 0 ? ` Back ends need ${key}.` : ''}`
}

function keyRefusal({ operators, scopes }: Admitted): string {
  if (scopes.length > 0) {
    return `This API key doesn’t allow this, because it lacks the scope ${scopes.join(' or ')}. An operator can set the key’s scopes with npm run operator -- scope-key. List all that it needs, because they replace those it has.`
  }
  return `This is for a user, and an API key belongs to none. Send the token of ${operators ? 'an operator' : 'the user for whom you call'} instead.`
}

/** The token is no longer accepted although it hasn't expired: the user was erased, or the setup session has ended. */
export class NotAdmittedError extends DomainError {
  override readonly name = 'NotAdmittedError'
  constructor() {
    super('Your token is no longer accepted. Get a new one from your application.')
  }
}

export class UnknownKeyError extends DomainError {
  override readonly name = 'UnknownKeyError'
  constructor() {
    super('No API key has this id. List the keys with npm run operator -- list-keys.')
  }
}

export class KeyRevokedError extends DomainError {
  override readonly name = 'KeyRevokedError'
  constructor() {
    super('This API key was revoked and can’t be restored. Create a new one with npm run operator -- create-key.')
  }
}

export class ConnectorRequiredError extends DomainError {
  override readonly name = 'ConnectorRequiredError'
  constructor(
    connector: string,
    readonly plugins: readonly string[],
  ) {
    super(`${connector} is required by ${plugins.join(', ')}. Retire those plugins first, or pass force: true.`)
  }
}

export class ConnectorFromFileError extends DomainError {
  override readonly name = 'ConnectorFromFileError'
  constructor(connector: string) {
    super(
      `The file in PATCHBAY_CONNECTORS describes ${connector}, and wins over other changes. Change the file, or the variables that it names, and restart Patchbay. To manage ${connector} without the file, remove it there first.`,
    )
  }
}

export class TooManyWebhooksError extends DomainError {
  override readonly name = 'TooManyWebhooksError'
  constructor(readonly limit: number) {
    super(
      `You already have ${limit} webhooks, which is the limit. Remove one first, or use one URL for several purposes.`,
    )
  }
}

export class DuplicateWebhookError extends DomainError {
  override readonly name = 'DuplicateWebhookError'
  constructor(readonly webhookId: string) {
    super('Another webhook already uses this URL. Change it with updateWebhook, or remove it first.')
  }
}

/** One fault of an input, and its path, such as `connectors[0].scopes`. */
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
      `The ${what} is invalid, so nothing was stored. ${faults.map((fault) => `${fault.path}: ${fault.message}`).join('; ')}`,
    )
  }
}
