import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { missingBuilds } from '../../.ci/complete-lock.mjs'

test('the lock file lists every optional dependency, so that npm ci works on every machine', async () => {
  const lock = JSON.parse(await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8'))
  expect(missingBuilds(lock.packages)).toEqual([])
  const { 'node_modules/@biomejs/cli-darwin-arm64': _left, ...packages } = lock.packages
  expect(missingBuilds(packages)).toMatchObject([{ name: '@biomejs/cli-darwin-arm64' }])
})

test.each(['package-lock.json', 'bench/contestants/package-lock.json'])('%s names no registry', async (name) => {
  const lock = await readFile(new URL(`../../${name}`, import.meta.url), 'utf8')
  expect(lock).toContain('"integrity"')
  expect(lock).not.toMatch(/"resolved": "http/)
})
