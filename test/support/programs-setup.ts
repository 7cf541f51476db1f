import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /**
     * The folder of the programs that tests start, as JavaScript. Translating them at every start took longer than
     * running them.
     */
    programs: string
  }
}

const REPOSITORY = new URL('../../', import.meta.url).pathname
/** Below node_modules, where the programs find their packages. */
const CACHE = join(REPOSITORY, 'node_modules/.cache')

export default async function setup(project: TestProject) {
  await mkdir(CACHE, { recursive: true })
  const folder = await mkdtemp(join(CACHE, 'patchbay-programs-'))
  await build({
    absWorkingDir: REPOSITORY,
    entryPoints: ['src/**/*.ts', 'test/faults/*.ts', 'test/support/*.ts'],
    outbase: REPOSITORY,
    outdir: folder,
    format: 'esm',
    target: 'node20',
  })
  for (const name of ['package.json', 'prisma']) await symlink(join(REPOSITORY, name), join(folder, name))
  project.provide('programs', folder)
  return () => rm(folder, { recursive: true, force: true })
}
