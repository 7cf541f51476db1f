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

/** Both projects have it. Each has loaded this module for itself. */
const SHARED = Symbol.for('patchbay/test/programs')

interface Programs {
  folder: string
  outputs: Metafile['outputs']
}

/**
 * Bundles the programs, once for all projects, and provides them.
 * @returns their folder, and what removes it at the end of the run
 */
export async function providePrograms(project: TestProject): Promise<{ folder: string; remove(): Promise<void> }> {
  const shared = globalThis as { [SHARED]?: Promise<Programs> }
  shared[SHARED] ??= bundlePrograms()
  const { folder, outputs } = await shared[SHARED]
  project.provide('programs', folder)
  project.provide('programOutputs', outputs)
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

async function bundlePrograms(): Promise<Programs> {
  await mkdir(CACHE, { recursive: true })
  const folder = await mkdtemp(join(CACHE, 'patchbay-programs-'))
  const { outputs } = await bundle({ outbase: REPOSITORY, outdir: folder, entryPoints: PROGRAMS })
  for (const name of ['package.json', 'prisma', 'providers']) await symlink(join(REPOSITORY, name), join(folder, name))
  return { folder, outputs }
}
