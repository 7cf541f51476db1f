/**
 * A program that creates a migrated, empty embedded database in the folder that it is given: as `template.tar` to load
 * into a PGlite in memory, and as `data`, a folder for PATCHBAY_DATA.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { argv } from 'node:process'
import { PGlite } from '@electric-sql/pglite'
import { migrate } from '../../src/database/migrate.js'

const [, , folder = '.'] = argv
const pglite = await PGlite.create()
await migrate(pglite)
// These are templates for new databases. No one creates databases here, and the templates are half of what would be
// loaded at every start.
await pglite.exec(`UPDATE pg_database SET datistemplate = false WHERE datname <> 'postgres'`)
for (const name of ['template0', 'template1']) await pglite.exec(`DROP DATABASE ${name}`)
const dump = await pglite.dumpDataDir('none')
await pglite.close()
await writeFile(join(folder, 'template.tar'), Buffer.from(await dump.arrayBuffer()))
await mkdir(join(folder, 'data'))
const prepared = await PGlite.create(join(folder, 'data/postgres'), { loadDataDir: dump })
await prepared.close()
