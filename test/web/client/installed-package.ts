import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'vite'

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))
const PACKAGE = join(REPOSITORY, 'deploy/client-package')
const run = promisify(execFile)
const tsc = (...args: string[]) => run(process.execPath, [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), ...args])

/** Compiles. Rejects with the compiler's output. */
async function checked(...args: string[]): Promise<void> {
  await tsc(...args).catch(({ stdout }) => {
    throw new Error(stdout)
  })
}

/** The strictest project that a host may have. */
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    module: 'ESNext',
    moduleResolution: 'Bundler',
    jsx: 'react-jsx',
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    skipLibCheck: true,
    outDir: 'out',
  },
  include: ['*.ts', '*.tsx'],
}

/** A host's project in which the package is installed as it is packed. */
export interface Project extends AsyncDisposable {
  /** The files of the package. */
  packed: string[]
  /** Its package.json. */
  manifest(): Promise<Record<string, unknown>>
  /** One of its files. */
  read(path: string): Promise<string>
  /** What installing it brings into the project: the packages, and the bytes of their files. */
  brought(): Promise<{ packages: string[]; bytes: number }>
  write(name: string, text: string): Promise<void>
  /** Type-checks and translates what was written. Rejects with the compiler's output. */
  compile(): Promise<void>
  /** Type-checks these files as Node resolves their imports, `.mts` as ES modules and `.cts` as CommonJS. */
  checkForNode(...names: string[]): Promise<void>
  /** Loads a translated file, `./name.js`, or a package. */
  load<Module>(name: string): Module
  /** Returns what a browser would load for a file, as one bundle. */
  bundle(name: string, mode: 'production' | 'development'): Promise<string>
}

export async function createProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-host-'))
  const project = join(folder, 'project')
  const packages = join(project, 'node_modules')
  await mkdir(project)
  // The host's own packages, such as React.
  await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: PACKAGE })
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  const write = (name: string, text: string) => writeFile(join(project, name), text)
  await write('package.json', JSON.stringify({ name: 'host', type: 'module' }))
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, filename)], { cwd: project })
  await write('tsconfig.json', JSON.stringify(TSCONFIG))
  return {
    packed: files.map(({ path }) => path),
    manifest: async () => JSON.parse(await readFile(join(packages, 'patchbay/package.json'), 'utf8')),
    read: (path) => readFile(join(packages, 'patchbay', path), 'utf8'),
    async brought() {
      const entries = await readdir(packages, { recursive: true, withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
      const inPackages = files.filter((file) => file !== join(packages, '.package-lock.json'))
      const sizes = await Promise.all(inPackages.map(async (file) => (await stat(file)).size))
      const lock = JSON.parse(await readFile(join(packages, '.package-lock.json'), 'utf8'))
      return { packages: Object.keys(lock.packages), bytes: sizes.reduce((sum, size) => sum + size, 0) }
    },
    write,
    compile: () => checked('--project', project),
    checkForNode: (...names) =>
      checked(
        '--module',
        'nodenext',
        '--strict',
        '--noEmit',
        '--ignoreConfig',
        // TypeScript's own libraries. The package's declarations are checked.
        '--skipDefaultLibCheck',
        ...names.map((name) => join(project, name)),
      ),
    load: (name) => createRequire(join(project, 'out/'))(name),
    async bundle(name, mode) {
      await build({
        configFile: false,
        root: project,
        logLevel: 'silent',
        define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
        build: {
          outDir: 'bundle',
          minify: mode === 'production',
          lib: { entry: join(project, name), formats: ['es'], fileName: () => 'bundle.js' },
        },
      })
      return readFile(join(project, 'bundle/bundle.js'), 'utf8')
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
