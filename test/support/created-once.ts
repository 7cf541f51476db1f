import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { pause } from '../../src/domain/pause.js'

const LOOK_AGAIN_AFTER_MS = 50

/**
 * Creates a folder that takes long to create, unless it exists. If another worker is creating it, waits for that.
 *
 * @param create fills the empty folder that it is given, which only then gets its name
 */
export async function createdOnce(folder: string, create: (unfinished: string) => Promise<void>): Promise<string> {
  while (!existsSync(folder)) {
    const unfinished = `${folder}.unfinished`
    if (await isNew(unfinished)) {
      try {
        // It may have got its name just before.
        if (existsSync(folder)) break
        await create(unfinished)
        await rename(unfinished, folder)
      } finally {
        await rm(unfinished, { recursive: true, force: true })
      }
    } else await pause(LOOK_AGAIN_AFTER_MS)
  }
  return folder
}

/** Creates a folder, and returns whether it didn't exist. */
async function isNew(folder: string): Promise<boolean> {
  try {
    await mkdir(folder)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
