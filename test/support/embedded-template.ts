import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createdOnce } from './created-once.js'

const PROGRAM = new URL('create-embedded-template.ts', import.meta.url).pathname

/**
 * Returns a folder with a migrated, empty embedded database, because to create one takes seconds: see
 * `create-embedded-template.ts`.
 *
 * @param programs a folder that is removed at the end of the run
 */
export function embeddedTemplate(programs: string): Promise<string> {
  return createdOnce(join(programs, 'embedded-template'), async (folder) => {
    // The process creates only one database: to optimize what does it takes longer than doing it.
    await promisify(execFile)(process.execPath, ['--liftoff-only', '--import', 'tsx', PROGRAM, folder])
  })
}
