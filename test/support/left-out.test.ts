import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHROMIUM } from './chromium.js'
import { summaryOf } from './left-out.js'
import { PATIENT } from './patience.js'
import { POSTGRESQL } from './postgres-server.js'
import { REDIS } from './redis-server.js'
import { plainEnvironment } from './running-process.js'

const REPOSITORY = new URL('../../', import.meta.url).pathname
const VITEST = join(REPOSITORY, 'node_modules/vitest/vitest.mjs')

interface Ended {
  code: number
  stdout: string
  stderr: string
}

function runNode(args: readonly string[], cwd: string, given: Record<string, string>): Promise<Ended> {
  const env = { ...plainEnvironment(), NO_COLOR: '1', CI: '', ...given }
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

test('the summary says what was left out, why, and how to get what is missing', () => {
  const chromium = { ...CHROMIUM, absence: "Chromium wasn't found at /usr/bin/chromium." }
  const summary = summaryOf(
    [
      { tests: 'every test in service mode (12 files)', missing: [POSTGRESQL, REDIS] },
      { tests: '3 tests in 2 files', missing: [chromium], files: ['test/a.test.ts (1)', 'test/b.test.ts (2)'] },
    ],
    false,
  )
  expect(summary).toBe(`LEFT OUT: this run skipped some tests.

  every test in service mode (12 files)
    PostgreSQL wasn't found: no server answers at postgresql://postgres@127.0.0.1:5432/postgres, and none is installed in /usr/lib/postgresql.
    Redis wasn't found: redis-server isn't on the PATH.

  3 tests in 2 files
    Chromium wasn't found at /usr/bin/chromium.
      test/a.test.ts (1)
      test/b.test.ts (2)

Install what is missing. On Debian: apt-get install postgresql redis-server chromium-headless-shell
Or set TEST_DATABASE_URL to the URL of a PostgreSQL server, or CHROMIUM to the path of a Chromium or Chrome.`)
})

describe('a run that leaves tests out', PATIENT, () => {
  const CONFIG = `
    import { reportLeftOut } from ${JSON.stringify(join(REPOSITORY, 'test/support/left-out.js'))}
    const redis = { tag: 'redis', absence: "Redis wasn't found.", package: 'redis-server' }
    const chromium = { tag: 'chromium', absence: "Chromium wasn't found.", package: 'chromium' }
    const has = (file) => file.endsWith('.test.ts')
    export default {
      plugins: [reportLeftOut([redis, chromium], [{ name: 'service', needs: [redis], has }])],
      test: {
        include: ['test/**/*.test.ts'],
        pool: 'threads', // one worker instead of a process for each file
        isolate: false,
        maxWorkers: 1,
        tags: [{ name: 'redis', skip: true }, { name: 'chromium', skip: true }, { name: 'counted' }],
        projects: [
          { extends: true, test: { name: 'embedded' } },
          { extends: true, test: { name: 'service', exclude: ['**'] } },
        ],
      },
    }`
  const TESTS = {
    'plain.test.ts': `test('passes', () => {}); test.skip('is skipped', () => {})`,
    'counts.test.ts': `test('passes too', { tags: 'counted' }, () => {})`,
    'browser.test.ts': `describe('in Chromium', { tags: 'chromium' }, () => { test('one', fail); test('two', fail) })`,
  }
  let folder: string
  beforeAll(async () => {
    const cache = join(REPOSITORY, 'node_modules/.cache')
    await mkdir(cache, { recursive: true })
    folder = await mkdtemp(join(cache, 'patchbay-left-out-'))
    await mkdir(join(folder, 'test'))
    await writeFile(join(folder, 'vitest.config.ts'), CONFIG)
    const head = `import { describe, test } from 'vitest'; const fail = () => { throw new Error('ran') };`
    for (const [name, code] of Object.entries(TESTS)) await writeFile(join(folder, 'test', name), `${head}\n${code}`)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const SUMMARY = `
LEFT OUT: this run skipped some tests.

  every test in service mode (3 files)
    Redis wasn't found.

  2 tests in 1 file
    Chromium wasn't found.
      test/browser.test.ts (2)

  1 test in 1 file
    The code skips them.
      test/plain.test.ts (1)

Install what is missing. On Debian: apt-get install redis-server chromium
`

  test('passes and lists them at the end', async () => {
    const { code, stdout, stderr } = await runNode([VITEST, 'run'], folder, {})
    expect(stdout).toContain('Tests  2 passed | 3 skipped (5)')
    expect(stderr).toBe(`${SUMMARY}\n`)
    expect(code).toBe(0)
  })

  test('fails with CI=true, with the same list, whatever its reporter', async () => {
    const { code, stdout, stderr } = await runNode([VITEST, 'run', '--reporter=dot'], folder, { CI: 'true' })
    expect(stdout).toContain('Tests  2 passed | 3 skipped (5)')
    expect(stderr).toBe(`${SUMMARY}CI is set, so a run that leaves tests out fails.\n\n`)
    expect(code).toBe(1)
  })

  test('says nothing about tests that were not asked for', async () => {
    const { code, stdout, stderr } = await runNode(
      [VITEST, 'run', '--project=embedded', 'plain', '-t', 'pass'],
      folder,
      {
        CI: 'true',
      },
    )
    expect(stdout).toContain('Tests  1 passed | 1 skipped (2)')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('says nothing about tests without the tags that were asked for', async () => {
    const ci = { CI: 'true' }
    const { code, stdout, stderr } = await runNode(
      [VITEST, 'run', '--project=embedded', '--tags-filter=counted'],
      folder,
      ci,
    )
    expect(stdout).toContain('Tests  1 passed | 4 skipped (5)')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('says which of the tests with those tags it left out', async () => {
    const { stderr } = await runNode([VITEST, 'run', '--project=embedded', '--tags-filter=chromium'], folder, {})
    expect(stderr).toContain('2 tests in 1 file')
    expect(stderr).not.toContain('The code skips them')
  })

  test('counts the files of a mode that were asked for', async () => {
    const { stderr } = await runNode([VITEST, 'run', 'test/plain.test.ts', '-t', 'pass'], folder, {})
    expect(stderr).toContain('every test in service mode (1 file)')
    expect(stderr).not.toContain('Chromium')
  })
})

test('if everything is missing, vitest.config.ts skips what needs it and still defines both projects with their setup', async () => {
  const print = `const { default: { test } } = await import('./vitest.config.ts'); console.log(JSON.stringify(test))`
  const { stdout } = await runNode(['--import', 'tsx', '--input-type=module', '-e', print], REPOSITORY, {
    PATH: '',
    CHROMIUM: '/nonexistent',
  })
  const { tags, projects } = JSON.parse(stdout)
  expect(tags).toEqual(
    expect.arrayContaining(['redis', 'chromium', 'docker-compose', 'python'].map((name) => ({ name, skip: true }))),
  )
  expect(projects).toMatchObject([
    { test: { name: 'embedded', globalSetup: expect.arrayContaining(['test/support/embedded-setup.ts']) } },
    {
      test: {
        name: 'service',
        globalSetup: expect.arrayContaining(['test/support/service-setup.ts']),
        exclude: ['**'],
      },
    },
  ])
})
