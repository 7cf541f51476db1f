import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type BuildOptions, build, type Metafile, type Plugin, transform } from 'esbuild'

export const REPOSITORY = new URL('../../', import.meta.url).pathname
/** The folder of the chunks, next to the entry points. */
const CHUNKS = 'server'
/** Prisma's query compiler, next to the chunks. */
const COMPILER = 'query-compiler.wasm'
/** PGlite finds its files next to it, and a test observes whether GraphiQL is loaded. */
const UNBUNDLED = ['@electric-sql/pglite', '@graphql-yoga/render-graphiql']
/** What packages in CommonJS expect to exist. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`

/**
 * Bundles programs together with their packages, because reading and linking two thousand files takes longer than
 * running them. What a program imports dynamically becomes a file of its own, which is loaded only when used.
 * Names stay, so that stacks are readable. Whitespace doesn't, because Node keeps the text in memory. Source maps are
 * next to the files for `--enable-source-maps`.
 * @param outbase the folder whose structure the output has
 */
export async function bundle({
  outbase,
  outdir,
  entryPoints,
}: Required<Pick<BuildOptions, 'outbase' | 'outdir'>> & { entryPoints: string[] }): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: REPOSITORY,
    entryPoints,
    outbase,
    outdir,
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // Leaves unused parts of packages out, which "main" files don't allow.
    mainFields: ['module', 'main'],
    external: UNBUNDLED,
    minifySyntax: true,
    minifyWhitespace: true,
    // Node prints the line of an error that no one catches.
    lineLimit: 120,
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    banner: { js: REQUIRE },
    plugins: [ownModules(outbase), oneGraphQL(), namedClasses(), compilerAsFile(join(outdir, CHUNKS))],
    logLevel: 'error',
  })
  assertOneGraphQL(metafile)
  return metafile
}

/** graphql exists as ES modules and as CommonJS. An import of one of its files by path gets the kind that the rest has. */
function oneGraphQL(): Plugin {
  const RESOLVED = {}
  return {
    name: 'one-graphql',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^graphql(\/|$)/ }, async ({ path, pluginData, importer, kind, resolveDir }) => {
        if (pluginData === RESOLVED) return undefined
        const found = await resolve(path, { importer, kind, resolveDir, pluginData: RESOLVED })
        return { ...found, path: found.path.replace(/\.js$/, '.mjs') }
      })
    },
  }
}

/** Two copies would not recognize each other's types, and in production without a word. */
function assertOneGraphQL({ inputs }: Metafile): void {
  const second = Object.keys(inputs).find((file) => /^node_modules\/graphql\/.*\.js$/.test(file))
  if (second) throw new Error(`The bundle would have two copies of graphql, because of ${second}`)
}

/**
 * Keeps the imports of our own modules that are there for their effects, and gives each module the URL that it would
 * have by itself, because some find their files by it. Only chunks need theirs: see src/main.ts.
 */
function ownModules(outbase: string): Plugin {
  const RESOLVED = {}
  return {
    name: 'own-modules',
    setup({ onLoad, onResolve, resolve }) {
      onResolve({ filter: /^\.{1,2}\// }, async ({ path, pluginData, importer, kind, resolveDir }) => {
        if (pluginData === RESOLVED || importer.includes('/node_modules/')) return undefined
        return {
          ...(await resolve(path, { importer, kind, resolveDir, pluginData: RESOLVED })),
          sideEffects: true,
        }
      })
      onLoad({ filter: /\/(src|test)\/[^.]*\.ts$/ }, async ({ path }) => {
        if (path.includes('/node_modules/')) return undefined
        const url = `new URL(${JSON.stringify(relative(join(outbase, CHUNKS), path))}, import.meta.url).href`
        return { loader: 'ts', contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', url) }
      })
    },
  }
}

/**
 * The sandbox's provider looks up settings by the names of its classes, and `minifySyntax` drops the names of class
 * expressions. Keeping all names would make every start slower.
 */
function namedClasses(): Plugin {
  return {
    name: 'named-classes',
    setup({ onLoad }) {
      onLoad({ filter: /\/node_modules\/oidc-provider\/lib\/.*\.js$/ }, async ({ path }) => {
        const { code } = await transform(await readFile(path, 'utf8'), { keepNames: true, target: 'node20.19' })
        return { contents: code }
      })
    },
  }
}

/** Prisma's compiler comes as a module with megabytes of base64. As a file, it is read in a fraction of the time. */
function compilerAsFile(folder: string): Plugin {
  return {
    name: 'compiler-as-file',
    setup({ onLoad, onEnd }) {
      let compiler: Buffer | undefined
      onLoad({ filter: /\/query_compiler_\w+\.postgresql\.wasm-base64\.m?js$/ }, async ({ path }) => {
        const { wasm } = await import(path)
        compiler = Buffer.from(wasm, 'base64')
        return {
          contents: `import { readFileSync } from 'node:fs'
            export const wasm = readFileSync(new URL('${COMPILER}', import.meta.url))`,
        }
      })
      onEnd(async () => {
        if (!compiler) throw new Error('Prisma’s query compiler is no longer where the bundle looks for it')
        await writeFile(join(folder, COMPILER), compiler)
      })
    },
  }
}
