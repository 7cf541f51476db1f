import type { TestProject } from 'vitest/node'
import { openPostgres } from '../../src/database/postgres.js'
import { connected, createDatabase, findPostgres } from './postgres-server.js'
import { providePrograms } from './programs.js'
import { startRedisServer } from './redis-server.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Service mode: a server to create databases on, a migrated and empty one to copy, and a Redis. */
    services: { postgres: string; template: string; redis: string }
  }
}

/** Otherwise what the planner knows about an emptied copy depends on when the server last looked at it. */
const NO_AUTOVACUUM = `DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = off)', name);
  END LOOP;
END $$`

export default async function setup(project: TestProject) {
  project.provide('mode', 'service')
  const [programs, removeServices] = await Promise.all([providePrograms(project), provideServices(project)])
  return () => Promise.all([programs.remove(), removeServices()])
}

/** @returns what stops and removes them at the end of the run */
async function provideServices(project: TestProject): Promise<() => Promise<void>> {
  const server = await findPostgres()
  const template = await createDatabase(server.url)
  const migrated = await openPostgres({
    url: template.url,
    poolSize: 2,
    startTimeoutMs: 60_000,
    onConnectionLost: () => {},
  })
  await migrated.close()
  await connected(template.url, (client) => client.query(NO_AUTOVACUUM))
  const templateName = new URL(template.url).pathname.slice(1)
  const redis = await startRedisServer()
  project.provide('services', {
    postgres: server.url,
    template: templateName,
    redis: redis.url,
  })
  return async () => {
    await redis.stop()
    await dropCopies(server.url, templateName)
    await template.drop()
    await server.stop()
  }
}

/** Drops the copies that workers have kept for the next test. */
async function dropCopies(server: string, template: string): Promise<void> {
  await connected(server, async (client) => {
    const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database WHERE datname LIKE $1', [
      `${template}\\_%`,
    ])
    for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`)
  })
}
