import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { inject } from 'vitest'
import { createdOnce } from '../../support/created-once.js'

/** The folder of the wizard as built from the current src/web, once for the whole run. */
export function wizardBuild(): Promise<string> {
  return createdOnce(join(inject('programs'), 'wizard'), buildWizard)
}

async function buildWizard(outDir: string): Promise<void> {
  const root = fileURLToPath(new URL('../../../src/web', import.meta.url))
  const configFile = fileURLToPath(new URL('../../../vite.config.ts', import.meta.url))
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production' // otherwise React is built for development
  try {
    await build({ configFile, root, logLevel: 'error', mode: 'production', build: { outDir, emptyOutDir: true } })
  } finally {
    process.env.NODE_ENV = NODE_ENV
  }
}
