import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/database/migrate.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** What the tests run on. */
    mode: 'embedded' | 'service'
    /** Embedded: a migrated, empty database, to be loaded instead of made: initdb takes seconds. */
    databaseTemplate: string
    /** Embedded: the same as a folder for PATCHBAY_DATA, to be copied. */
    preparedData: string
  }
}

export default async function setup(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-test-'))
  const pglite = await PGlite.create()
  await migrate(pglite)
  // Copies of the empty database, for databases that nobody makes: half of what would be loaded at every start.
  await pglite.exec(`UPDATE pg_database SET datistemplate = false WHERE datname <> 'postgres'`)
  for (const name of ['template0', 'template1']) await pglite.exec(`DROP DATABASE ${name}`)
  const dump = await pglite.dumpDataDir('none')
  await pglite.close()
  const file = join(folder, 'template.tar')
  await writeFile(file, Buffer.from(await dump.arrayBuffer()))
  const preparedData = join(folder, 'data')
  await mkdir(preparedData)
  const prepared = await PGlite.create(join(preparedData, 'postgres'), { loadDataDir: dump })
  await prepared.close()
  project.provide('mode', 'embedded')
  project.provide('preparedData', preparedData)
  project.provide('databaseTemplate', file)
  return () => rm(folder, { recursive: true, force: true })
}
