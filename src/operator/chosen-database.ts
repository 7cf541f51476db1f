import { resolve } from 'node:path'
import { databaseInWords } from '../app/stores-in-words.js'
import { ConfigurationError } from '../config/configuration-error.js'
import type { Config } from '../config/environment.js'
import { hasEmbedded } from '../database/embedded-folder.js'
import type { ParsedCommand } from './parse-command.js'

/**
 * Returns a line that says which database a command uses, because a shell without the server's variables leads to
 * another one.
 * @throws ConfigurationError if the command would create an embedded database and only makes sense with a server's
 */
export function chosenDatabase(
  config: Pick<Config, 'database' | 'dataFolder'>,
  { name, command }: Pick<ParsedCommand, 'name' | 'command'>,
): string {
  if (config.database) return `Database: ${databaseInWords(config)}.`
  const { dataFolder } = config
  if (hasEmbedded(dataFolder)) return `Database: ${databaseInWords(config)}, because DATABASE_URL isn’t set.`
  const folder = resolve(dataFolder)
  if (command.prepares) {
    return `Database: a new embedded one in ${folder}, because DATABASE_URL isn’t set. Start the server with PATCHBAY_DATA=${folder}, or it uses another one.`
  }
  throw new ConfigurationError(
    `There’s no database in ${folder}, and DATABASE_URL isn’t set, so ${name} has nothing to work on. Run it with the server’s variables: its DATABASE_URL, or its PATCHBAY_DATA. If they’re in a file, start the command with node --env-file=.env. For a new installation, start the server first.`,
  )
}
