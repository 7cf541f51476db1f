import { randomBytes } from 'node:crypto'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'
import { REPOSITORY } from '../../deploy/server-bundle/bundle.js'
import { PATIENT } from '../support/patience.js'
import { ownInstallation, startProcess } from '../support/process.js'

/** What a start in production must not load, and who does use it. */
const ELSEWHERE = {
  'the sandbox, in development': /^src\/sandbox\/|\/oidc-provider\//,
  'the embedded database': /^src\/database\/embedded\.|\/@electric-sql\/|\/pglite-prisma-adapter\//,
  'the first query of Prisma’s':
    /query_compiler|\/@prisma\/(client\/runtime|adapter-pg|driver-adapter)|^src\/generated\/prisma\/(client|internal)/,
  'GraphiQL, in development': /\/@graphql-yoga\/render-graphiql\//,
  'tracing, if it is on':
    /^src\/observability\/open-telemetry|\/@opentelemetry\/(?!api\/)|\/@prisma\/instrumentation\/|\/protobufjs\//,
  'the operator’s commands': /^src\/operator/,
  'the first request to an app': /\/undici\//,
  'a file with connectors': /\/yaml\//,
  'bodies without a length': /\/(raw-body|iconv-lite)\//,
}
const MOST_FILES = 22
const MOST_KILOBYTES = 2_650

/** Makes Node print the address of each module that it loads. */
const hooks = `import { writeSync } from 'node:fs'
  export async function load(url, context, next) { writeSync(2, 'loaded ' + url + '\\n'); return next(url, context) }`
const inModule = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`
const register = `import { register } from 'node:module'; register(${JSON.stringify(inModule(hooks))})`

test('a start in production loads a few files, and nothing that only other installations use', PATIENT, async () => {
  const { env, remove } = await ownInstallation()
  const server = await startProcess(
    {
      ...env,
      PATCHBAY_ENV: 'production',
      PATCHBAY_PUBLIC_URL: 'https://connect.example',
      PATCHBAY_KEYS: randomBytes(32).toString('base64'),
      PATCHBAY_JWT_SECRET: randomBytes(32).toString('base64'),
      PATCHBAY_JWT_ISSUER: 'https://host.example',
      PATCHBAY_JWT_AUDIENCE: 'patchbay',
      PATCHBAY_DRAIN_SPREAD: '0',
    },
    { flags: ['--import', inModule(register)] },
  )
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200) // the database has answered
  await server.stop()
  await remove()

  const loaded = server.log.flatMap((line) => line.match(/^loaded file:\/\/.*$/)?.[0].slice('loaded '.length) ?? [])
  const outputs = inject('programOutputs')
  const files = loaded.map((url) => relative(REPOSITORY, fileURLToPath(url)))
  const main = relative(REPOSITORY, join(inject('programs'), 'src/main.js'))
  expect(files).toContain(main)
  // What isn't bundled counts by its own path.
  const modules = files.flatMap((file) => Object.keys(outputs[file]?.inputs ?? { [file]: {} }))
  expect(modules).toContain('src/app/app.ts')
  for (const [use, pattern] of Object.entries(ELSEWHERE))
    expect(
      modules.filter((module) => pattern.test(module)),
      use,
    ).toEqual([])
  expect(files.length).toBeLessThanOrEqual(MOST_FILES)
  const bytes = files.reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0)
  console.info(`A start in production loads ${files.length} files with ${Math.round(bytes / 1024)} KB.`)
  expect(bytes / 1024).toBeLessThan(MOST_KILOBYTES)
})
