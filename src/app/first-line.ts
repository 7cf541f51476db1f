import { type Config, readConfig } from '../config/environment.js'
import { hasEmbedded } from '../database/embedded-folder.js'

/** Returns undefined for arguments, and for an environment that the start is about to refuse. */
export function readEarly(args: readonly string[], environment: NodeJS.ProcessEnv): Config | undefined {
  if (args.length > 0) return undefined
  try {
    return readConfig(environment)
  } catch {
    return undefined
  }
}

/** Returns what to say before the server is loaded, or null for nothing: in production, where each line is JSON. */
export function firstLine(config: Config | undefined): string | null {
  if (!config?.development) return null
  return config.database || hasEmbedded(config.dataFolder)
    ? 'Starting Patchbay.'
    : 'Starting Patchbay. The first start also prepares the database, which takes a few seconds more.'
}
