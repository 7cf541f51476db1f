import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The embedded database's own folder in PATCHBAY_DATA. */
export function embeddedFolder(dataFolder: string): string {
  return join(dataFolder, 'postgres')
}

/** Returns whether a start has created an embedded database there before. */
export function hasEmbedded(dataFolder: string): boolean {
  return existsSync(embeddedFolder(dataFolder))
}
