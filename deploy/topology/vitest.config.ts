import { defineConfig } from 'vitest/config'

/** Needs nginx, PostgreSQL and Redis: run by `npm run topology -- --check`. */
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: { include: ['deploy/topology/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false },
})
