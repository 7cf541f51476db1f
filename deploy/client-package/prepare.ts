/**
 * Puts what the package of `patchbay/client` contains next to its package.json. `npm pack` and `npm publish` run this
 * first.
 */
import { execFile } from 'node:child_process'
import { access, cp, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const FOLDER = fileURLToPath(new URL('./', import.meta.url))
const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const DOCUMENTS = `${REPOSITORY}src/generated/client/`
/** Where each file comes from, by its path in the package. */
const COPIED = {
  LICENSE: `${REPOSITORY}LICENSE`,
  'schema/schema.graphql': `${REPOSITORY}schema/schema.graphql`,
  'schema/plugin-manifest.schema.json': `${REPOSITORY}schema/plugin-manifest.schema.json`,
  'trusted-documents.json': `${DOCUMENTS}trusted-documents.json`,
}

const run = (name: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [`${REPOSITORY}node_modules/${name}`, ...args], { cwd: REPOSITORY })

const isGenerated = await access(`${DOCUMENTS}trusted-documents.json`).then(
  () => true,
  () => false,
)
if (!isGenerated) await run('@graphql-codegen/cli/esm/bin.js', '--config', 'codegen.ts')
await rm(`${FOLDER}dist`, { recursive: true, force: true })
await run('typescript/bin/tsc', '--project', 'tsconfig.client.json', '--outDir', `${FOLDER}dist`)
for (const [path, source] of Object.entries(COPIED)) await cp(source, `${FOLDER}${path}`)
await writeFile(`${FOLDER}README.md`, withoutLinksToOtherPages(await readFile(`${REPOSITORY}docs/client.md`, 'utf8')))

/** The package has this page only. */
function withoutLinksToOtherPages(page: string): string {
  return page.replaceAll(/\[([^\]]+)\]\((?!https:|#)[^)]+\)/g, '$1')
}
