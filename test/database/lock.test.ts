import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderLockedError, lockFolder } from '../../src/database/lock.js'
import { PATIENT } from '../support/patience.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchbay-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const HOLDER = `
import { lockFolder } from '${new URL('../../src/database/lock.ts', import.meta.url)}'
await lockFolder(process.argv[1])
process.stdout.write('locked')
setInterval(() => {}, 1000)`

/** Another process that has locked the folder. */
async function holder(path = folder, env: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', HOLDER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  return child
}

test('E1: a second process on the same folder is refused with an error that says so', PATIENT, async () => {
  const child = await holder()
  try {
    await expect(lockFolder(folder)).rejects.toThrow(FolderLockedError)
    await expect(lockFolder(folder)).rejects.toThrow(/Another process is using the database folder/)
  } finally {
    child.kill('SIGKILL')
  }
})

test(
  'E1: a second process is refused however long the path is, and whichever way leads to the folder',
  PATIENT,
  async () => {
    const long = join(folder, 'long'.repeat(30))
    const [link, temporary] = [join(folder, 'link'), join(folder, 'temporary')]
    await Promise.all([mkdir(long), mkdir(temporary)])
    await symlink(long, link)
    const child = await holder(long, { TMPDIR: temporary })
    try {
      for (const path of [long, link]) await expect(lockFolder(path)).rejects.toThrow(FolderLockedError)
      child.kill('SIGKILL')
      await once(child, 'exit')
      for (const path of [long, link]) await (await lockFolder(path)).release()
      const lock = await lockFolder(link)
      await expect(lockFolder(long)).rejects.toThrow(FolderLockedError)
      await lock.release()
    } finally {
      child.kill('SIGKILL')
    }
  },
)

test('a process that is killed leaves no lock behind', PATIENT, async () => {
  const child = await holder()
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toThrow(FolderLockedError)
  await lock.release()
})

test('of many attempts to take over a dead process’s lock, exactly one succeeds', PATIENT, async () => {
  const child = await holder()
  child.kill('SIGKILL')
  await once(child, 'exit')
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)))
  const held = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  expect(held).toHaveLength(1)
  await held[0]?.release()
})

test('a released folder can be locked again', PATIENT, async () => {
  const lock = await lockFolder(folder)
  await lock.release()
  await (await lockFolder(folder)).release()
})
