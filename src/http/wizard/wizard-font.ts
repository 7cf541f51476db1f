import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The file for our languages. Other letters have files of their own, which only the wizard loads. */
const LATIN = /^inter-latin-wght-normal-[\w-]+\.woff2$/

export interface WizardFont {
  /** Where Patchbay serves it. */
  path: string
  file: string
}

/**
 * Finds the wizard's type, for the pages around the wizard.
 * @param folder of the built wizard
 * @returns undefined if it has not been built
 */
export async function wizardFont(folder: string): Promise<WizardFont | undefined> {
  const assets = join(folder, 'assets')
  const names = await readdir(assets).catch((): string[] => [])
  const name = names.find((each) => LATIN.test(each))
  return name === undefined ? undefined : { path: `/assets/${name}`, file: join(assets, name) }
}
