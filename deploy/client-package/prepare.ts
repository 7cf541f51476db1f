import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const TYPESCRIPT = join(REPOSITORY, 'node_modules/typescript/bin/tsc')
/** What a host needs next to the code. */
const COPIED = ['LICENSE', 'docs/client.md', 'schema/schema.graphql', 'schema/plugin-manifest.schema.json']
/** What the package has in common with the repository. Its `dependencies` are the server's, so they stay behind. */
const SHARED = [
  'name',
  'version',
  'license',
  'type',
  'exports',
  'sideEffects',
  'peerDependencies',
  'peerDependenciesMeta',
]

/** Puts the package of `patchbay/client` into a folder, ready for `npm pack`. */
export async function prepareClientPackage(folder: string): Promise<void> {
  const project = join(REPOSITORY, 'tsconfig.client.json')
  const compiled = join(folder, 'dist/client')
  await promisify(execFile)(process.execPath, [TYPESCRIPT, '--project', project, '--outDir', compiled])
  for (const name of COPIED) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await cp(join(REPOSITORY, name), join(folder, name))
  }
  await cp(join(REPOSITORY, 'docs/client.md'), join(folder, 'README.md'))
  const own: Record<string, unknown> = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8'))
  const shared = Object.fromEntries(SHARED.map((name) => [name, own[name]]))
  const description = 'Connect apps from your own page: the client of the Patchbay API.'
  await writeFile(join(folder, 'package.json'), `${JSON.stringify({ ...shared, description }, null, 2)}\n`)
}
