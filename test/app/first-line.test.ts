import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { firstLine, readEarly } from '../../src/app/first-line.js'

const PRODUCTION = {
  PATCHBAY_ENV: 'production',
  PATCHBAY_HOST: '0.0.0.0',
  PATCHBAY_PUBLIC_URL: 'https://connect.example.com',
  PATCHBAY_KEYS: randomBytes(32).toString('base64'),
  PATCHBAY_JWT_SECRET: randomBytes(32).toString('base64'),
  PATCHBAY_JWT_ISSUER: 'https://app.example.com',
  PATCHBAY_JWT_AUDIENCE: 'patchbay',
}

let used: string
let unused: string
beforeAll(async () => {
  used = await mkdtemp(join(tmpdir(), 'patchbay-first-line-'))
  await mkdir(join(used, 'postgres'))
  unused = join(used, 'elsewhere')
})
afterAll(() => rm(used, { recursive: true, force: true }))

const lineOf = (...given: Parameters<typeof readEarly>) => firstLine(readEarly(...given))

test('a start in development says so right away, and the first one that it takes longer', () => {
  expect(lineOf([], { PATCHBAY_DATA: used })).toBe('Starting Patchbay.')
  expect(lineOf([], { PATCHBAY_DATA: unused })).toMatch(
    /^Starting Patchbay\. The first start also prepares the database/,
  )
  expect(lineOf([], { PATCHBAY_DATA: unused, DATABASE_URL: 'postgresql://db/patchbay' })).toBe('Starting Patchbay.')
  expect(lineOf([], { PATCHBAY_DATA: used, PATCHBAY_ENV: 'development', PATCHBAY_HOST: '127.0.0.1' })).not.toBeNull()
})

test('in production, and before a version or an error, there is nothing but what programs read', () => {
  for (const environment of [PRODUCTION, { ...PRODUCTION, PATCHBAY_ENV: '' }]) {
    expect(lineOf([], { PATCHBAY_DATA: used, ...environment })).toBeNull()
  }
  expect(lineOf(['--version'], { PATCHBAY_DATA: used })).toBeNull()
  expect(lineOf([], { PATCHBAY_DATA: used, PATCHBAY_PORT: 'abc' })).toBeNull()
  expect(lineOf([], { PATCHBAY_DATA: unused, PATCHBAY_KEY: 'x' })).toBeNull()
})
