import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY_SCOPES } from '../../src/domain/access/api-key/scopes.js'
import { verifyKey } from '../../src/domain/access/api-key/verify-key.js'
import { readKeyCommand } from '../../src/operator/keys.js'
import { SILENT } from '../support/callers.js'
import { openTestDatabase, type TestDatabase } from '../support/database.js'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

/** What the command prints. */
async function run(...args: string[]): Promise<string> {
  const command = readKeyCommand(args)
  if (!command) throw new Error(`${args[0]} is no command about keys`)
  return command({ db: database.db, doorbell: SILENT })
}

const isAccepted = async (key: string) => (await verifyKey({ db: database.db, development: true }, key)).key !== null
const keyIn = (text: string) => /pbk_[a-z]{10}_\S{43}/.exec(text)?.[0] ?? ''
const idIn = (text: string) => /pbk_[a-z]{10}/.exec(text)?.[0] ?? ''

test('a key is made, shown once, and listed without its secret', async () => {
  expect(await run('list-keys')).toContain('There are no API keys')
  expect(await run('list-keys', '--json')).toBe('[]')
  const made = await run('create-key', 'host back end', '--scopes', 'users:delete, sessions:create')
  const key = keyIn(made)
  expect(await isAccepted(key)).toBe(true)
  expect(made).toContain('shown once')
  const listed = await run('list-keys')
  const [headings = '', row = ''] = listed.split('\n')
  expect(headings.split(/ {2,}/)).toEqual(['KEY', 'NAME', 'SCOPES', 'CREATED', 'ROTATED', 'LAST USED', 'STATE'])
  expect(row.split(/ {2,}/)).toEqual([
    idIn(key),
    'host back end',
    'sessions:create,users:delete',
    expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\dZ$/),
    '-',
    '-',
    'in use',
  ])
  expect(listed).not.toContain(key)
})

test('programs get JSON, of a new key with the key itself and of none with a hash', async () => {
  const made = JSON.parse(await run('create-key', 'runtime', '--scopes', 'tokens:issue', '--json'))
  expect(made).toEqual({
    id: idIn(made.key),
    name: 'runtime',
    scopes: ['tokens:issue'],
    key: expect.stringMatching(/^pbk_/),
    createdAt: expect.any(String),
    rotatedAt: null,
    previousUntil: null,
    lastUsedAt: null,
    revokedAt: null,
  })
  const { key: _key, ...row } = made
  expect(JSON.parse(await run('list-keys', '--json'))).toContainEqual(row)
  const scoped = JSON.parse(await run('scope-key', made.id, '--scopes', API_KEY_SCOPES.join(), '--json'))
  expect(scoped).toEqual({ ...row, scopes: [...API_KEY_SCOPES] })
})

test('a key is rotated with a grace, without one, and revoked; its id is taken in every form', async () => {
  const first = keyIn(await run('create-key', 'rotating', '--scopes', 'tokens:issue'))
  const id = idIn(first)
  const bare = id.slice('pbk_'.length)
  const rotated = await run('rotate-key', id)
  expect(rotated).toMatch(/The secret before is taken until .*Z\./)
  expect(await isAccepted(first)).toBe(true)
  expect(await run('list-keys')).toMatch(new RegExp(`${id} .*the secret before until`))
  const second = keyIn(rotated)
  const again = await run('rotate-key', bare, '--grace', '0')
  expect([await isAccepted(first), await isAccepted(second), await isAccepted(keyIn(again))]).toEqual([
    false,
    false,
    true,
  ])
  expect(await run('scope-key', second, '--scopes=users:delete')).toBe(`${id} (rotating) may now: users:delete.`)

  expect(await run('revoke-key', id)).toContain('Revoked')
  expect(await isAccepted(keyIn(again))).toBe(false)
  expect(await run('revoke-key', bare)).toContain('was revoked already')
  expect(await run('list-keys')).toMatch(new RegExp(`${id} .*revoked \\d`))
  for (const args of [
    ['rotate-key', id],
    ['scope-key', id, '--scopes', 'tokens:issue'],
  ]) {
    await expect(run(...args)).rejects.toThrow('revoked')
  }
})

test.each<[string, string[], RegExp]>([
  [
    'an unknown scope',
    ['create-key', 'x', '--scopes', 'tokens:issue,root'],
    /there is no scope root; there are tokens:issue/,
  ],
  ['no scope at all', ['create-key', 'x', '--scopes', ','], /scopes: must name at least one/],
  ['no --scopes', ['create-key', 'x'], /--scopes is missing[\s\S]*create-key <name> --scopes <a,b>/],
  ['no value', ['rotate-key', 'pbk_lusabbabad', '--grace'], /--grace needs a value/],
  ['no name', ['create-key', '--scopes', 'tokens:issue'], /a name is missing/],
  ['a name in two words', ['create-key', 'my', 'key', '--scopes', 'tokens:issue'], /needs quotes/],
  ['a double name', ['create-key', 'doubled', '--scopes', 'tokens:issue'], /name: is that of pbk_[a-z]{10} already/],
  ['no key', ['revoke-key'], /which key\?/],
  ['an unknown key', ['revoke-key', 'pbk_nosuchkeyy'], /There is no API key of this id.*list-keys/],
  ['no key id', ['rotate-key', 'my key'], /There is no API key of this id.*list-keys/],
  ['a key for a list', ['list-keys', 'pbk_lusabbabad'], /too many arguments/],
  [
    'a grace that is no number',
    ['rotate-key', 'pbk_lusabbabad', '--grace', 'soon'],
    /grace: must be a whole number of minutes/,
  ],
  ['a negative grace', ['rotate-key', 'pbk_lusabbabad', '--grace=-1'], /grace: must be a whole number of minutes/],
  ['another command’s option', ['revoke-key', 'pbk_lusabbabad', '--grace', '5'], /there is no option --grace/],
  ['an unknown option', ['list-keys', '--all'], /there is no option --all/],
])('%s is told in a sentence, and nothing is stored', async (_what, args, expected) => {
  if (args[1] === 'doubled') await run(...args)
  const before = await run('list-keys')
  await expect((async () => run(...args))()).rejects.toThrow(expected)
  expect(await run('list-keys')).toBe(before)
})

test('other commands are none of these', () => {
  for (const args of [[], ['publish'], ['toString'], ['constructor']]) expect(readKeyCommand(args)).toBeUndefined()
})
