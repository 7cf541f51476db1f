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

const PROGRAMS = 'test/support/programs-setup.ts'
const service = {
  extends: true as const,
  test: {
    name: 'service',
    globalSetup: [PROGRAMS, 'test/support/service-setup.ts'],
    exclude: ['**/*.embedded.test.ts'],
  },
}
const embedded = {
  extends: true as const,
  test: {
    name: 'embedded',
    globalSetup: [PROGRAMS, 'test/support/embedded-setup.ts'],
    exclude: ['**/*.service.test.ts'],
  },
}

export default defineConfig({
  resolve: {
    // One copy of graphql, or its values come from "another realm".
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    testTimeout: 30_000,
    hookTimeout: 120_000,
    setupFiles: ['test/support/each-file.ts'],
    pool: 'forks',
    // Tests share nothing but modules, and loading those anew for each file took as long as the tests.
    isolate: false,
    maxWorkers: 2,
    // A file runs in both modes, unless its name ends in .embedded.test.ts or .service.test.ts.
    include: ['test/**/*.test.ts'],
    // `npm run image` runs this one.
    exclude: ['test/deploy/image.test.ts'],
    projects: [embedded, ...(missing ? [] : [service])],
  },
})
