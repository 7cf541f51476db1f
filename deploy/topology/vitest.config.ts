import { defineConfig } from 'vitest/config'
import { CHROMIUM } from '../../test/support/chromium.js'
import { reportLeftOut } from '../../test/support/left-out.js'
import { missingOf } from '../../test/support/requirement.js'

const missing = await missingOf([CHROMIUM])

/** Needs nginx, PostgreSQL and Redis. Run by `npm run topology -- --check`. */
export default defineConfig({
  plugins: [reportLeftOut(missing)],
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['deploy/topology/*.test.ts'],
    tags: [{ name: CHROMIUM.tag, skip: missing.includes(CHROMIUM) }],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
