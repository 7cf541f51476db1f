import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigurationError } from '../../src/config/configuration-error.js'
import { readConfig } from '../../src/config/environment.js'
import { chosenDatabase } from '../../src/operator/chosen-database.js'
import type { Command } from '../../src/operator/command.js'
import { COMMANDS } from '../../src/operator/run-operator.js'
import { PATIENT } from '../support/patience.js'
import { outcome, prepareData } from '../support/process.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchbay-chosen-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a command in a shell without the server’s variables', PATIENT, () => {
  test('creates no database for a key that no server would accept, and says what to do', async () => {
    const data = join(folder, 'none')
    for (const args of [['create-key', 'host', '--scopes', 'users:delete'], ['list-keys'], ['rewrap']]) {
      const { code, stdout, stderr } = await outcome('src/operator', args, { PATCHBAY_DATA: data })
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(`There’s no database in ${data}, and DATABASE_URL isn’t set, so ${args[0]} has nothing`)
      expect(stderr).toMatch(/server’s variables.*start the server first\.\n$/)
    }
    expect(existsSync(data)).toBe(false)
  })

  test('names the database, apart from what programs read, and a variable that was misspelled', async () => {
    const data = join(folder, 'existing')
    await prepareData(data)
    const env = { PATCHBAY_DATA: data, DATABASE_ULR: 'postgresql://db/canary' }
    const { stdout, stderr } = await outcome('src/operator', ['list-keys', '--json'], env)
    expect(JSON.parse(stdout)).toEqual([])
    const [first, ...others] = stderr.split('\n')
    expect(first).toMatch(/^DATABASE_ULR is set, which Patchbay doesn’t know/)
    expect(others).toEqual([`Database: the embedded one in ${data}, because DATABASE_URL isn’t set.`, ''])
  })
})

test('a command that prepares a new installation says that the database is new, and which server uses it', () => {
  const config = readConfig({ PATCHBAY_DATA: '/srv/new' })
  const { publish, 'create-key': createKey } = COMMANDS
  expect(chosenDatabase(config, { name: 'publish', command: publish as Command })).toBe(
    'Database: a new embedded one in /srv/new, because DATABASE_URL isn’t set. Start the server with PATCHBAY_DATA=/srv/new, or it uses another one.',
  )
  expect(() => chosenDatabase(config, { name: 'create-key', command: createKey as Command })).toThrow(
    ConfigurationError,
  )
})

test('only commands that begin an installation may create its database', () => {
  const preparing = Object.entries(COMMANDS).filter(([, { prepares }]) => prepares)
  expect(preparing.map(([name]) => name)).toEqual(['publish', 'configure-connector'])
})
