import type { ConfigureDeps } from '../domain/publishing/configure-connector.js'
import type { WebhookDeps } from '../domain/webhook/webhook.js'

/** What commands work with, open while one runs. */
export interface CommandContext {
  deps: ConfigureDeps & WebhookDeps
  /** The ids of the keys in PATCHBAY_KEYS, the active one first. */
  keyIds: readonly string[]
  /** Prints a line at once. */
  say(line: string): void
}

/** What a command prints when it is done. */
export interface Outcome {
  text: string
  /** The same for programs, with --json. */
  json?: unknown
  /** The command did not finish its work: the text goes to standard error, and the exit code is 1. */
  incomplete?: boolean
}

interface Option {
  /** What stands for the value in the usage, such as `<minutes>`. Without it the option is a switch. */
  value?: string
  required?: boolean
}

export interface Command {
  /** Its arguments, in their order. One in brackets may be left out; one that ends in … takes any number. */
  takes: readonly string[]
  options?: Readonly<Record<string, Option>>
  /** One line for the usage. */
  explanation: string
  run(
    context: CommandContext,
    args: readonly string[],
    options: Readonly<Record<string, string | true | undefined>>,
  ): Promise<Outcome>
}

export type Commands = Readonly<Record<string, Command>>
