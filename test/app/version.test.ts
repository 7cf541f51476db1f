import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PATIENT } from '../support/patience.js'
import { outcome, prepareData, startProcess } from '../support/process.js'

let folder: string
let version: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchbay-version-'))
  version = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')).version
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the version in package.json', PATIENT, () => {
  test.each(['src/main', 'src/operator'] as const)(
    'is what %s prints with --version, however it is configured',
    async (program) => {
      expect(await outcome(program, ['--version'], { PATCHBAY_PORT: 'abc' })).toEqual({
        code: 0,
        stdout: `${version}\n`,
        stderr: '',
      })
    },
  )

  test('is in the log line of a start in production, with the database and Redis', async () => {
    const data = join(folder, 'production')
    await prepareData(data)
    const server = await startProcess({
      PATCHBAY_ENV: 'production',
      PATCHBAY_DATA: data,
      PATCHBAY_PUBLIC_URL: 'https://connect.example',
      PATCHBAY_KEYS: randomBytes(32).toString('base64'),
      PATCHBAY_JWT_SECRET: randomBytes(32).toString('base64'),
      PATCHBAY_JWT_ISSUER: 'https://host.example',
      PATCHBAY_JWT_AUDIENCE: 'patchbay',
      PATCHBAY_DRAIN_SPREAD: '0',
    })
    const ready = server.log.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'ready')
    expect(ready).toMatchObject({
      version,
      url: 'https://connect.example',
      database: `the embedded one in ${data}`,
      redis: 'none, so run one instance only',
    })
    await server.stop()
  })
})

test('the server refuses other arguments and says how to configure it', PATIENT, async () => {
  for (const args of [['--port', '4001'], ['--version', '--json'], ['start']]) {
    const { code, stderr } = await outcome('src/main', args, {})
    expect(code).toBe(1)
    expect(stderr).toMatch(/^The server takes no arguments except --version\..*docs\/configuration\.md.*\n$/)
  }
})
