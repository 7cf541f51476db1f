import { API_KEY_SCOPES } from '../domain/identity/api-key-caller.js'
import type { Command, Commands } from './command.js'

/** Returns how to call a command: `rotate-key <key> [--grace <minutes>]`. */
export function callOf(name: string, { takes, options = {} }: Command): string {
  const flags = Object.entries(options).map(([option, { value, required, repeated }]) => {
    const flag = value ? `--${option} ${value}` : `--${option}`
    return required ? flag : `[${flag}]${repeated ? '…' : ''}`
  })
  return [name, ...takes, ...flags].join(' ')
}

/** Returns the page that lists all commands. */
export function usage(commands: Commands): string {
  const lines = Object.entries(commands).map(([name, command]) => [callOf(name, command), command.explanation] as const)
  const width = Math.max(...lines.map(([call]) => call.length))
  return `npm run operator -- <command> | --version

${lines.map(([call, explanation]) => `  ${call.padEnd(width)}  ${explanation}`).join('\n')}

To read a file from standard input, pass - as its name. <key> is pbk_<id>, as list-keys shows it.
Scopes: ${API_KEY_SCOPES.join(', ')}.
The commands use the database in DATABASE_URL or, if that isn’t set, the embedded one in PATCHBAY_DATA. Only one process
at a time can use the embedded database: stop the server first. While it runs, the API publishes and retires plugins, and
configures and removes connectors.`
}
