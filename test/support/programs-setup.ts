import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import type { TestProject } from 'vitest/node'
import { bundle, REPOSITORY } from '../../deploy/server-bundle/bundle.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /**
     * The folder of the programs that tests start, bundled. To load hundreds of files at every start took longer than
     * running them.
     */
    programs: string
    /** What esbuild says about each file in it, by its path from the repository. */
    programOutputs: Metafile['outputs']
  }
}

/** Below node_modules, where the programs find their packages. */
const CACHE = join(REPOSITORY, 'node_modules/.cache')
const PROGRAMS = ['src/main.ts', 'src/operator.ts', 'test/faults/instance.ts', 'test/faults/load/generator.ts']

export default async function setup(project: TestProject) {
  await mkdir(CACHE, { recursive: true })
  const folder = await mkdtemp(join(CACHE, 'patchbay-programs-'))
  const { outputs } = await bundle({ outbase: REPOSITORY, outdir: folder, entryPoints: PROGRAMS })
  for (const name of ['package.json', 'prisma', 'providers']) await symlink(join(REPOSITORY, name), join(folder, name))
  project.provide('programs', folder)
  project.provide('programOutputs', outputs)
  return () => rm(folder, { recursive: true, force: true })
}
