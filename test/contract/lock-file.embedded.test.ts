import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { missingBuilds } from '../../.ci/complete-lock.mjs'

test('the lock file lists every optional dependency, so that npm ci works on every machine', async () => {
  const lock = JSON.parse(await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8'))
  expect(missingBuilds(lock.packages)).toEqual([])
  const { 'node_modules/@biomejs/cli-darwin-arm64': _left, ...packages } = lock.packages
  expect(missingBuilds(packages)).toMatchObject([{ name: '@biomejs/cli-darwin-arm64' }])
})

test('the lock file names no registry', async () => {
  expect(await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8')).not.toMatch(/"resolved": "http/)
})
