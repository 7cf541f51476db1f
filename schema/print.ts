/**
 * Writes what the code and the data in providers/ already say: the printed schema, the JSON schemas for editors, and the
 * page of providers. With `check`, fails if a file differs.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { z } from 'zod'
import { ManifestSchema } from '../src/domain/publishing/manifest.js'
import { schema } from '../src/graphql/schema.js'
import { ProviderFileSchema } from '../src/providers/provider-file.js'
import { providerPage } from './provider-page.js'

const manifest = { title: 'Patchbay plugin manifest', ...z.toJSONSchema(ManifestSchema, { io: 'input' }) }

const provider = { title: 'Patchbay provider', ...z.toJSONSchema(ProviderFileSchema, { io: 'input' }) }
const root = new URL('../', import.meta.url)

const files = {
  'schema/schema.graphql': `${printSchema(lexicographicSortSchema(schema))}\n`,
  'schema/plugin-manifest.schema.json': `${JSON.stringify(manifest, null, 2)}\n`,
  'providers/provider.schema.json': `${JSON.stringify(provider, null, 2)}\n`,
  'docs/providers.md': await providerPage(new URL('docs/providers.md', root)),
}

for (const [name, text] of Object.entries(files)) {
  const file = new URL(name, root)
  if (process.argv[2] !== 'check') await writeFile(file, text)
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`${name} is not what the code says. Run npm run schema:print and look at the difference.`)
    process.exitCode = 1
  }
}
