/**
 * Writes what the code and the data in providers/ already say: the printed schema and what changed in it, the JSON schemas
 * for editors, and the page of providers. With `check`, fails if a file differs, or if the schema breaks callers of the
 * last release.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { z } from 'zod'
import { ManifestSchema } from '../src/domain/publishing/manifest.js'
import { schema } from '../src/graphql/schema.js'
import { ProviderFileSchema } from '../src/providers/provider-file.js'
import { missingEntries, withUnreleased } from './changelog.js'
import { type AcceptedBreak, judge, readRelease } from './gate.js'
import { providerPage } from './provider-page.js'

const root = new URL('../', import.meta.url)
const read = (name: string) => readFile(new URL(name, root), 'utf8')

const manifest = { title: 'Patchbay plugin manifest', ...z.toJSONSchema(ManifestSchema, { io: 'input' }) }
const provider = { title: 'Patchbay provider', ...z.toJSONSchema(ProviderFileSchema, { io: 'input' }) }
const accepted: AcceptedBreak[] = JSON.parse(await read('schema/accepted-breaks.json'))
const today = new Date().toISOString().slice(0, 10)
const { faults, section } = judge(readRelease(await read('schema/released.graphql')), schema, accepted, today)
const changelog = await read('schema/CHANGELOG.md')

const files = {
  'schema/schema.graphql': `${printSchema(lexicographicSortSchema(schema))}\n`,
  'schema/CHANGELOG.md': withUnreleased(changelog, section),
  'schema/plugin-manifest.schema.json': `${JSON.stringify(manifest, null, 2)}\n`,
  'providers/provider.schema.json': `${JSON.stringify(provider, null, 2)}\n`,
  'docs/providers.md': await providerPage(new URL('docs/providers.md', root)),
}

for (const [name, text] of Object.entries(files)) {
  if (process.argv[2] !== 'check') await writeFile(new URL(name, root), text)
  else if ((await read(name).catch(() => '')) !== text) {
    console.error(`${name} is not what the code says. Run npm run schema:print and look at the difference.`)
    process.exitCode = 1
  }
}
if (process.argv[2] === 'check') {
  for (const line of missingEntries(changelog, section)) {
    console.error(`schema/CHANGELOG.md has no entry for this change: ${line.slice(2)}`)
  }
  if (faults.length > 0) process.exitCode = 1
}
for (const fault of faults) console.error(fault)
