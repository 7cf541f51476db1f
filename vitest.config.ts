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

/** What depends on neither the database nor the bus, or starts the embedded database by itself: tested once, in the other mode. */
const MODELESS = [
  'test/start/**',
  'test/sandbox/**',
  'test/config/**',
  'test/domain/**',
  'test/deploy/**',
  'test/contract/{lock-file,readme,schema,documents,metrics}.test.ts',
  'test/connection/{refresh-rules,choose-candidate}.test.ts',
  'test/database/lock.test.ts',
  'test/e2e/chromium.test.ts',
  'test/http/{draining-connections,limits,protocol,sockets,stalled,tokens,wizard,wizard-host}.test.ts',
  'test/live/{push-latency,watch}.test.ts',
  'test/oauth/{token-endpoint,guarded-fetch,form-post,pages,return-to}.test.ts',
  'test/observability/{tracing,metrics-port,report,channel-spans,operations}.test.ts',
  'test/vault/weak-keys.test.ts',
  'test/web/**',
  'test/webhooks/{sending,retry,docs}.test.ts',
]
const PROGRAMS = 'test/support/programs-setup.ts'
const service = {
  extends: true as const,
  test: { name: 'service', globalSetup: [PROGRAMS, 'test/support/service-setup.ts'], exclude: MODELESS },
}
const embedded = {
  extends: true as const,
  // What only exists with PostgreSQL and Redis.
  test: {
    name: 'embedded',
    globalSetup: [PROGRAMS, 'test/support/embedded-setup.ts'],
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
    hookTimeout: 120_000,
    setupFiles: ['test/support/each-file.ts'],
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
