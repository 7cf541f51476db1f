import { defineConfig } from 'vitest/config'
import { isPostgresThere } from './test/support/postgres-server.js'
import { redisIsMissing } from './test/support/redis-server.js'

/** Why the tests on PostgreSQL and Redis cannot run here; null when they can. */
async function whatServiceModeMisses(): Promise<string | null> {
  if (redisIsMissing) return 'There is no redis-server on the PATH.'
  return (await isPostgresThere()) ? null : 'There is no PostgreSQL: set TEST_DATABASE_URL, or install one.'
}

const missing = await whatServiceModeMisses()
if (missing) {
  const message = `LEFT OUT: every test in service mode. ${missing}`
  if (process.env.CI) throw new Error(message)
  console.warn(`\n${'!'.repeat(80)}\n${message}\n${'!'.repeat(80)}\n`)
}

const service = {
  extends: true as const,
  // What starts the embedded database by itself, and what uses no database at all.
  test: {
    name: 'service',
    globalSetup: ['test/support/service-setup.ts'],
    exclude: ['test/start/**', 'test/sandbox/**'],
  },
}
const embedded = {
  extends: true as const,
  // What only exists with PostgreSQL and Redis.
  test: {
    name: 'embedded',
    globalSetup: ['test/support/embedded-setup.ts'],
    exclude: ['test/service/**', 'test/faults/**'],
  },
}

export default defineConfig({
  resolve: {
    // One copy of graphql, or its values come from "another realm".
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Tests share nothing but modules, and loading those anew for each file took as long as the tests.
    isolate: false,
    maxWorkers: 2,
    include: ['test/**/*.test.ts'],
    // These have commands of their own: npm run image, npm run topology.
    exclude: ['test/deploy/image.test.ts', 'test/topology/**'],
    projects: [embedded, ...(missing ? [] : [service])],
  },
})
