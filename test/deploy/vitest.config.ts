import { defineConfig } from 'vitest/config'

/** What takes a minute and needs the registry: run by `npm run image`. */
export default defineConfig({
  test: { include: ['test/deploy/image.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
})
