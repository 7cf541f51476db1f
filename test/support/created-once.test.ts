import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createdOnce } from './created-once.js'

let parent: string
let folder: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'patchbay-created-'))
  folder = join(parent, 'folder')
})
afterEach(() => rm(parent, { recursive: true }))

test('many callers at the same time get one folder, and none before it’s complete', async () => {
  const create = vi.fn(async (unfinished: string) => {
    await writeFile(join(unfinished, 'first'), '')
    await writeFile(join(unfinished, 'last'), 'complete')
  })
  const found = Array.from({ length: 20 }, async () =>
    readFile(join(await createdOnce(folder, create), 'last'), 'utf8'),
  )
  expect(new Set(await Promise.all(found))).toEqual(new Set(['complete']))
  expect(create).toHaveBeenCalledTimes(1)
})

test('after a failure, the next caller tries again', async () => {
  const broken = createdOnce(folder, () => Promise.reject(new Error('broken')))
  await expect(broken).rejects.toThrow('broken')
  expect(await createdOnce(folder, async () => {})).toBe(folder)
})
