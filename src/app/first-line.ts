import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Returns what to say before anything else is loaded, or null for nothing. In production, each line is JSON, and a server
 * on its defaults is one in development. It imports nothing that takes time.
 */
export function firstLine(args: readonly string[], environment: NodeJS.ProcessEnv): string | null {
  const { PATCHBAY_ENV, PATCHBAY_PUBLIC_URL, PATCHBAY_HOST, PATCHBAY_DATA, DATABASE_URL } = environment
  const isDevelopment = PATCHBAY_ENV ? PATCHBAY_ENV === 'development' : !PATCHBAY_PUBLIC_URL && !PATCHBAY_HOST
  if (args.length > 0 || !isDevelopment) return null
  const isFirst = !DATABASE_URL && !existsSync(join(PATCHBAY_DATA || '.data', 'postgres'))
  return isFirst
    ? 'Starting Patchbay. The first start also prepares the database, which takes a few seconds more.'
    : 'Starting Patchbay.'
}
