import { parseArgs } from 'node:util'
import { ConfigurationError } from '../config/configuration-error.js'
import { closestName } from '../domain/closest-name.js'
import type { Command, Commands } from './command.js'
import { callOf, usage } from './usage.js'

export interface ParsedCommand {
  name: string
  command: Command
  args: readonly string[]
  options: Readonly<Record<string, string | true | undefined>>
}

/** Without a name, there is nothing to say but the usage. */
function unknownCommand(name: string, commands: Commands): string {
  if (name === '' || name === 'help' || name.startsWith('-')) return ''
  const meant = closestName(name, Object.keys(commands))
  return `There is no command ${name}.${meant ? ` Did you mean ${meant}?` : ''}\n\n`
}

/**
 * Finds the command that the arguments name and checks its arguments.
 * @throws ConfigurationError that says what is wrong and how to call the command, or lists all commands
 */
export function parseCommand(commands: Commands, [name = '', ...rest]: readonly string[]): ParsedCommand {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new ConfigurationError(`${unknownCommand(name, commands)}${usage(commands)}`)
  const refuse = (fault: string) => new ConfigurationError(`${fault}\n\n  npm run operator -- ${callOf(name, command)}`)
  const known = command.options ?? {}
  const { positionals, tokens } = parseArgs({
    args: rest,
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(known).map(([option, { value }]) => [option, { type: value ? 'string' : 'boolean' }]),
    ),
  })
  const options: Record<string, string | true> = {}
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined
    if (!option) throw refuse(`${name} has no option ${token.rawName}.`)
    if (option.value && !token.value) throw refuse(`${token.rawName} needs a value: ${option.value}.`)
    if (!option.value && token.value !== undefined) throw refuse(`${token.rawName} takes no value.`)
    const before = option.repeated ? options[token.name] : undefined
    const value = option.value && token.value ? token.value : true
    options[token.name] = before === undefined ? value : `${before}\n${value}`
  }
  const required = command.takes.filter((argument) => !argument.startsWith('['))
  const missing = required[positionals.length]
  if (missing !== undefined) throw refuse(`${name} needs ${missing}.`)
  const takesAny = command.takes.some((argument) => argument.includes('…'))
  if (!takesAny && positionals.length > command.takes.length) {
    throw refuse(
      command.takes.length === 0
        ? `${name} takes no arguments.`
        : `${name} takes only ${command.takes.join(' ')}. Put a name with spaces in quotes.`,
    )
  }
  for (const [option, { value, required }] of Object.entries(known)) {
    if (required && options[option] === undefined) throw refuse(`${name} needs --${option} ${value}.`)
  }
  return { name, command, args: positionals, options }
}
