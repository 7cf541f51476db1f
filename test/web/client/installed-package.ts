import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'vite'
import { prepareClientPackage } from '../../../deploy/client-package/prepare.js'

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))
const run = promisify(execFile)
const tsc = (...args: string[]) => run(process.execPath, [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), ...args])

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
  write(name: string, text: string): Promise<void>
  /** Type-checks and translates what was written. Rejects with the compiler's output. */
  compile(): Promise<void>
  /** Loads a translated file, `./name.js`, or a package. */
  load<Module>(name: string): Module
  /** Returns what a browser would load for a file, as one bundle. */
  bundle(name: string, mode: 'production' | 'development'): Promise<string>
}

export async function createProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-host-'))
  const source = join(folder, 'source')
  const project = join(folder, 'project')
  const installed = join(project, 'node_modules/patchbay')
  await mkdir(source)
  await mkdir(installed, { recursive: true })
  await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
  await prepareClientPackage(source)
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json'], { cwd: source })
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  await run('tar', ['-xzf', join(source, filename), '-C', installed, '--strip-components=1'])
  const write = (name: string, text: string) => writeFile(join(project, name), text)
  await write('package.json', JSON.stringify({ name: 'host', type: 'module' }))
  await write('tsconfig.json', JSON.stringify(TSCONFIG))
  return {
    packed: files.map(({ path }) => path),
    manifest: async () => JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')),
    write,
    async compile() {
      await tsc('--project', project).catch(({ stdout }) => {
        throw new Error(stdout)
      })
    },
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
