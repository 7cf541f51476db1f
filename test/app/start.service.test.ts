import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { freePort } from '../support/free-port.js'
import { PATIENT } from '../support/patience.js'
import { createDatabase } from '../support/postgres-server.js'
import { outcome, startProcess } from '../support/process.js'

const PASSWORD = 'a-password-nobody-shall-read'

let folder: string
let database: Awaited<ReturnType<typeof createDatabase>>
let env: Record<string, string>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchbay-start-'))
  database = await createDatabase(inject('services').postgres)
  env = { PATCHBAY_DATA: folder, PATCHBAY_SANDBOX: 'off', DATABASE_URL: database.url }
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

describe('a server that cannot start', PATIENT, () => {
  test.each([
    ['PostgreSQL', async () => ({ DATABASE_URL: `postgresql://a:${PASSWORD}@127.0.0.1:${await freePort()}/b` })],
    ['Redis', async () => ({ REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${await freePort()}` })],
  ])('says that %s does not answer, without a stack or a password', async (name, missing) => {
    const since = performance.now()
    const own = { PATCHBAY_PORT: '0', PATCHBAY_DRAIN_SPREAD: '20', PATCHBAY_START_TIMEOUT: '0.3', ...(await missing()) }
    const { code, stderr } = await outcome('src/main', [], { ...env, ...own })
    expect(code).toBe(1)
    expect(performance.now() - since).toBeLessThan(15_000) // no clients were served, so there are none to drain
    expect(stderr).toMatch(new RegExp(`_URL: nothing is listening at .*Start ${name} there`))
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(stderr).not.toContain(PASSWORD)
  })
})

test('an instance without Redis warns that it must run alone, and warns louder if it does not', PATIENT, async () => {
  const first = await startProcess(env)
  await expect
    .poll(() => first.log.join('\n'), PATIENT)
    .toContain('REDIS_URL is not set: do not run a second instance on this database')
  const second = await startProcess(env)
  await expect
    .poll(() => second.log.join('\n'), PATIENT)
    .toMatch(/"otherInstances":1,.*other instances use this database/)
  expect(await Promise.all([first.stop(), second.stop()])).toEqual([0, 0])
})

test('on SIGTERM, a request that never ends is cut off at the deadline, and the exit code is 0', PATIENT, async () => {
  const server = await startProcess({ ...env, PATCHBAY_DRAIN_DEADLINE: '1' })
  const socket = createConnection(Number(new URL(server.url).port), '127.0.0.1')
  const cut = once(socket, 'close')
  socket.on('error', () => {}).resume()
  await once(socket, 'connect')
  socket.write(
    'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
  )
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200) // the server has read the other request by now
  const since = performance.now()
  expect(await server.stop()).toBe(0)
  await cut
  expect(performance.now() - since).toBeGreaterThan(900)
  expect(server.log.join('\n')).not.toContain('before everything was closed')
})
