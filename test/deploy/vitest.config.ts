import { defineConfig } from 'vitest/config'

/** These take a minute and need the registry. Run by `npm run image`. */
export default defineConfig({
  test: { include: ['test/deploy/image.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
})
