/**
 * Compares prisma/schema.prisma with what prisma/migrations build, with Prisma's own schema engine (WebAssembly, no
 * download) on a scratch PGlite.
 *
 *   npm run migration:new -- add_webhooks   writes prisma/migrations/<time>_add_webhooks/migration.sql
 *   npm run migration:check                 fails if the two differ
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { PGlite } from '@electric-sql/pglite'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg'
import { PrismaPGlite } from 'pglite-prisma-adapter'

const folder = new URL('./migrations/', import.meta.url)
const schemaFile = new URL('./schema.prisma', import.meta.url)
const ignoreNothing = { externalTables: [], externalEnums: [] }

type Engine = Awaited<ReturnType<typeof engineModule.SchemaEngine.new>>

async function startEngine(datamodel: string): Promise<Engine> {
  const path = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm')
    .replace(/[^/]+$/, 'schema_engine_bg.wasm')
  const imports = engineModule as unknown as WebAssembly.ModuleImports & {
    __wbg_set_wasm(exports: WebAssembly.Exports): void
  }
  const { instance } = await WebAssembly.instantiate(await readFile(path), { './schema_engine_bg.js': imports })
  imports.__wbg_set_wasm(instance.exports)
  ;(instance.exports.__wbindgen_start as () => void)()
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPGlite(new PGlite()))
  return engineModule.SchemaEngine.new({ datamodels: [['schema.prisma', datamodel]] }, () => {}, adapter)
}

async function migrationsOnDisk() {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.sort().map(async (name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: await readFile(new URL(`${name}/migration.sql`, folder), 'utf8') },
      },
    })),
  )
}

/** Returns the SQL that leads from the migrations to the schema, which is empty if they agree. */
export async function pendingSql(): Promise<string> {
  const datamodel = await readFile(schemaFile, 'utf8')
  const engine = await startEngine(datamodel)
  const { exitCode, stdout } = await engine.diff({
    from: {
      tag: 'migrations',
      baseDir: 'prisma/migrations',
      lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
      migrationDirectories: await migrationsOnDisk(),
      shadowDbInitScript: '',
    },
    to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: datamodel }] },
    script: true,
    exitCode: true,
    filters: ignoreNothing,
  })
  return exitCode === 0 ? '' : (stdout ?? '')
}

const [command, name] = process.argv.slice(2)
const sql = await pendingSql()
if (command === 'new') {
  if (!name || !/^[a-z0-9_]+$/.test(name))
    throw new Error('Name the migration in snake_case: npm run migration:new -- add_webhooks')
  if (sql === '') throw new Error('The migrations already build the schema: nothing to write.')
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const target = new URL(`${stamp}_${name}/`, folder)
  await mkdir(target, { recursive: true })
  await writeFile(new URL('migration.sql', target), sql)
  console.log(`Wrote prisma/migrations/${stamp}_${name}/migration.sql. Read it before you commit it.`)
} else if (sql !== '') {
  console.error(
    `prisma/migrations do not build prisma/schema.prisma. Missing:\n\n${sql}\nRun npm run migration:new -- <name>.`,
  )
  process.exitCode = 1
} else {
  console.log('prisma/migrations build prisma/schema.prisma.')
}
// The engine keeps an advisory lock, and PGlite keeps the event loop alive.
process.exit()
