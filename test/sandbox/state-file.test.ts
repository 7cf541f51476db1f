import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { StateWriter } from '../../src/sandbox/state-file.js'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-'))
})
afterEach(() => {
  vi.useRealTimers()
  return rm(directory, { recursive: true })
})

test('a stream of changes is written after a pause, and the last one is on disk at the end', async () => {
  const file = join(directory, 'state.json')
  const records = Array.from({ length: 20_000 }, (_, index) => ({ model: 'Grant', id: `${index}`, payload: {} }))
  let changes = 0
  let writes = 0
  const writer = new StateWriter(file, () => {
    writes++
    const app = { cookieSecret: String(changes), behaviour: {}, records: records as never }
    return { version: 1, signingKey: { kty: 'RSA' }, apps: { mail: app } }
  })
  // With fake timers, the pause after a write never ends by itself.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  writer.changed()
  await expect.poll(() => existsSync(file)).toBe(true)
  for (let turn = 0; turn < 2000; turn++) {
    changes++
    writer.changed()
    await setImmediate()
  }
  expect(writes).toBe(1)
  await writer.end()
  expect(writes).toBe(2)
  expect(JSON.parse(await readFile(file, 'utf8')).apps.mail.cookieSecret).toBe(String(changes))
})
