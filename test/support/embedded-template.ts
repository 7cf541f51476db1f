import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const PROGRAM = new URL('create-embedded-template.ts', import.meta.url).pathname

/**
 * Returns a folder with a migrated, empty embedded database, because to create one takes seconds. The first call of a run
 * creates it: see `create-embedded-template.ts`.
 *
 * @param programs a folder that is removed at the end of the run
 */
export async function embeddedTemplate(programs: string): Promise<string> {
  const folder = join(programs, 'embedded-template')
  if (existsSync(folder)) return folder
  const created = await mkdtemp(`${folder}-`)
  // The process creates only one database: to optimize what does it takes longer than doing it.
  await promisify(execFile)(process.execPath, ['--liftoff-only', '--import', 'tsx', PROGRAM, created])
  try {
    await rename(created, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
    // Another worker was first.
    await rm(created, { recursive: true })
  }
  return folder
}
