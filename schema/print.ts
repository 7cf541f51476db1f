/**
 * Writes schema/schema.graphql and schema/plugin-manifest.schema.json from the code. With `check`, fails if they
 * differ.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { z } from 'zod'
import { ManifestSchema } from '../src/domain/publishing/manifest.js'
import { schema } from '../src/graphql/schema.js'

const manifest = { title: 'Patchbay plugin manifest', ...z.toJSONSchema(ManifestSchema, { io: 'input' }) }

const files = {
  'schema.graphql': `${printSchema(lexicographicSortSchema(schema))}\n`,
  'plugin-manifest.schema.json': `${JSON.stringify(manifest, null, 2)}\n`,
}

for (const [name, text] of Object.entries(files)) {
  const file = new URL(name, import.meta.url)
  if (process.argv[2] !== 'check') await writeFile(file, text)
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`schema/${name} is not what the code says. Run npm run schema:print and look at the difference.`)
    process.exitCode = 1
  }
}
