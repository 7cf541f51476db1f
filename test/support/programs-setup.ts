import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /**
     * The folder of the programs that tests start, bundled. To load hundreds of files at every start took longer than
     * running them.
     */
    programs: string
  }
}

const REPOSITORY = new URL('../../', import.meta.url).pathname
/** Below node_modules, where the programs find their packages. */
const CACHE = join(REPOSITORY, 'node_modules/.cache')

const PROGRAMS = ['src/main.ts', 'src/operator.ts', 'test/faults/instance.ts']
/**
 * Packages that find their files next to them, `pg`, whose classes Prisma's adapter has to recognize, and those whose
 * loading a test observes.
 */
const UNBUNDLED = ['@electric-sql/*', '@prisma/*', '@opentelemetry/*', 'pg', '@graphql-yoga/render-graphiql']
/** What packages in CommonJS expect to exist. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`

export default async function setup(project: TestProject) {
  await mkdir(CACHE, { recursive: true })
  const folder = await mkdtemp(join(CACHE, 'patchbay-programs-'))
  await build({
    absWorkingDir: REPOSITORY,
    entryPoints: PROGRAMS,
    outbase: REPOSITORY,
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: UNBUNDLED,
    ignoreAnnotations: true,
    banner: { js: REQUIRE },
    plugins: [withOwnUrls(folder)],
    logLevel: 'error',
  })
  for (const name of ['package.json', 'prisma']) await symlink(join(REPOSITORY, name), join(folder, name))
  project.provide('programs', folder)
  return () => rm(folder, { recursive: true, force: true })
}

/** Gives each of our modules the URL that it would have in the folder by itself: some find their files by it. */
function withOwnUrls(folder: string): Plugin {
  return {
    name: 'own-urls',
    setup({ onLoad }) {
      onLoad({ filter: /\/(src|test)\/[^.]*\.ts$/ }, async ({ path }) => {
        if (path.includes('/node_modules/')) return undefined
        const url = pathToFileURL(join(folder, relative(REPOSITORY, path)))
        const text = await readFile(path, 'utf8')
        return { loader: 'ts', contents: text.replaceAll('import.meta.url', JSON.stringify(url)) }
      })
    },
  }
}
