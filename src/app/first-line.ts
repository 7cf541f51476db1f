import { type Config, readConfig } from '../config/environment.js'
import { hasEmbedded } from '../database/embedded-folder.js'

/**
 * Returns what to say before the server is loaded, or null for nothing: in production, where each line is JSON, and before
 * what refuses the arguments or the environment.
 */
export function firstLine(args: readonly string[], environment: NodeJS.ProcessEnv): string | null {
  if (args.length > 0 || environment.PATCHBAY_ENV === 'production') return null
  const config = readable(environment)
  if (!config?.development) return null
  return config.database || hasEmbedded(config.dataFolder)
    ? 'Starting Patchbay.'
    : 'Starting Patchbay. The first start also prepares the database, which takes a few seconds more.'
}

/** Returns null for an environment that the start is about to refuse. */
function readable(environment: NodeJS.ProcessEnv): Config | null {
  try {
    return readConfig(environment)
  } catch {
    return null
  }
}
