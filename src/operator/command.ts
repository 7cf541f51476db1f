import type { TokenConfig } from '../config/environment.js'
import type { Deps } from '../domain/deps.js'
import type { ConfigureDeps } from '../domain/publishing/configure-connector.js'
import type { WebhookDeps } from '../domain/webhook/webhook.js'
import type { VerifyToken } from '../http/authentication/host-tokens.js'
import type { ConnectorTest } from '../outbound/connector-test/connector-test.js'
import type { ProviderCheck } from '../outbound/provider-check/provider-check.js'
import type { ReadSecret } from './secret-input.js'

/** What commands for connectors need apart from the domain's dependencies. */
interface ConnectorCommandDeps {
  /** The origin under which browsers reach Patchbay. */
  publicUrl: string
  readSecret: ReadSecret
  verifyToken: VerifyToken
  /** What tokens must say. */
  tokens: Pick<TokenConfig, 'issuers' | 'formerIssuers' | 'audience'>
  connectorTest: Pick<ConnectorTest, 'run'>
  providerCheck: Pick<ProviderCheck, 'run'>
}

/** What commands work with. It is open only while a command runs. */
export interface CommandContext {
  deps: ConfigureDeps & WebhookDeps & ConnectorCommandDeps & Pick<Deps, 'sql'>
  /** The ids of the keys in PATCHBAY_KEYS, the active one first. */
  keyIds: readonly string[]
  /** Prints a line immediately. */
  say(line: string): void
}

/** What a command prints at its end. */
export interface Outcome {
  text: string
  /** The same for programs, with --json. */
  json?: unknown
  /** The command couldn't finish, so the exit code is 1. The text goes to standard error; JSON goes where it always does. */
  incomplete?: boolean
}

interface Option {
  /** The placeholder for the value in the usage, such as `<minutes>`. An option without one is a switch. */
  value?: string
  /** Whether it may be passed several times. Its values are then separated by line breaks. */
  repeated?: boolean
  required?: boolean
}

export interface Command {
  /** The arguments, in order. One in brackets is optional, and one that ends in … accepts any number. */
  takes: readonly string[]
  options?: Readonly<Record<string, Option>>
  /** Whether it works without the database, and so also while a server uses the embedded one. */
  offline?: boolean
  /** Whether it may create the embedded database, because operators prepare a new installation with it. */
  prepares?: boolean
  /** One line for the usage. */
  explanation: string
  run(
    context: CommandContext,
    args: readonly string[],
    options: Readonly<Record<string, string | true | undefined>>,
  ): Promise<Outcome>
}

export type Commands = Readonly<Record<string, Command>>
