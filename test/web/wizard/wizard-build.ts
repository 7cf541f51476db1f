import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

let built: Promise<string> | undefined

/** The folder of the wizard as built from the current src/web. Built once for all files of a process. */
export function wizardBuild(): Promise<string> {
  built ??= make()
  return built
}

async function make(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'patchbay-wizard-'))
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }))
  const root = fileURLToPath(new URL('../../../src/web', import.meta.url))
  const configFile = fileURLToPath(new URL('../../../vite.config.ts', import.meta.url))
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production' // otherwise React is built for development
  try {
    await build({ configFile, root, logLevel: 'error', mode: 'production', build: { outDir, emptyOutDir: true } })
  } finally {
    process.env.NODE_ENV = NODE_ENV
  }
  return outDir
}
