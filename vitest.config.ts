import { defineConfig } from 'vitest/config'
import { DOCKER_COMPOSE } from './test/deploy/compose-command.js'
import { CHROMIUM } from './test/support/chromium.js'
import { reportLeftOut } from './test/support/left-out.js'
import { POSTGRESQL } from './test/support/postgres-server.js'
import { PYTHON } from './test/support/python.js'
import { REDIS } from './test/support/redis-server.js'
import { missingOf } from './test/support/requirement.js'
import { SpreadWaiting } from './test/support/spread-waiting.js'

const requirements = [POSTGRESQL, REDIS, CHROMIUM, DOCKER_COMPOSE, PYTHON]
const missing = await missingOf(requirements)

const IMAGE = 'test/deploy/image.test.ts'
const serviceNeeds = {
  name: 'service',
  needs: [POSTGRESQL, REDIS],
  has: (file: string) => file.endsWith('.test.ts') && file !== IMAGE,
}
const service = {
  extends: true as const,
  test: {
    name: 'service',
    globalSetup: ['test/support/service-setup.ts'],
    include: ['test/**/*.test.ts'],
    // Without what it needs, the project has no files. It is defined all the same, because knip looks for its setup here.
    exclude: serviceNeeds.needs.some((each) => missing.includes(each)) ? ['**'] : [],
  },
}
const embedded = {
  extends: true as const,
  test: {
    name: 'embedded',
    globalSetup: ['test/support/embedded-setup.ts'],
    include: runsEmbedded() ? ['test/**/*.test.ts'] : [],
    exclude: ['**/*.service.test.ts'],
  },
}

/**
 * `npm test` runs the tests in one mode: in service mode where that is possible, and otherwise in embedded mode, without
 * those whose names end in `.service.test.ts`. `npm run other-mode` runs them in embedded mode, as part of `.ci/run`.
 */
function runsEmbedded(): boolean {
  const isChosen = process.argv.some((argument) => argument.startsWith('--project'))
  return isChosen || serviceNeeds.needs.some((each) => missing.includes(each))
}

export default defineConfig({
  plugins: [reportLeftOut(missing, [serviceNeeds])],
  resolve: {
    // One copy of graphql, or its values come from "another realm".
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // As long as a busy machine may take. What is polled for ends a test much sooner.
    expect: { poll: { timeout: 60_000 } },
    setupFiles: ['test/support/each-file.ts'],
    pool: 'forks',
    // Tests share nothing but modules, and loading those anew for each file took as long as the tests.
    isolate: false,
    // Two more than the cores that CI has, because tests also wait.
    maxWorkers: 4,
    sequence: { sequencer: SpreadWaiting },
    // `npm run image` runs this one.
    exclude: [IMAGE],
    // A test names by a tag what it needs apart from Node.
    // `counted` selects what `npm run counts` runs.
    tags: [...requirements.map((each) => ({ name: each.tag, skip: missing.includes(each) })), { name: 'counted' }],
    projects: [embedded, service],
  },
})
