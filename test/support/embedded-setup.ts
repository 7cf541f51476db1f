import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { PGlite } from '@electric-sql/pglite'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/database/migrate.js'
import { providePrograms } from './programs.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The mode that the tests run in. */
    mode: 'embedded' | 'service'
    /** Embedded mode: a migrated, empty database to load instead of creating one, because initdb takes seconds. */
    databaseTemplate: string
    /** Embedded mode: the same as a folder for PATCHBAY_DATA, to copy. */
    preparedData: string
  }
}

export default async function setup(project: TestProject) {
  // A database is created here only once: to optimize what does it takes longer than doing it.
  setFlagsFromString('--liftoff-only')
  project.provide('mode', 'embedded')
  const removals = await Promise.all([providePrograms(project), provideTemplates(project)])
  return () => Promise.all(removals.map((remove) => remove()))
}

/** @returns what removes them at the end of the run */
async function provideTemplates(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-test-'))
  const pglite = await PGlite.create()
  await migrate(pglite)
  // These are templates for new databases. No one creates databases here, and the templates are half of what would be
  // loaded at every start.
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
  project.provide('preparedData', preparedData)
  project.provide('databaseTemplate', file)
  return () => rm(folder, { recursive: true, force: true })
}
