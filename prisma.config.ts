import { defineConfig } from 'prisma/config'

// The CLI would download a native schema engine that offline networks cannot reach. Generating, validating and
// formatting never run it, so any existing executable satisfies the look-up.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
})
