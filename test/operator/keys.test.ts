import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyKeys } from '../../src/domain/access/api-key/verify-keys.js'
import { API_KEY_SCOPES } from '../../src/domain/identity/api-key-caller.js'
import { PROVIDER_COMMANDS } from '../../src/operator/check-providers.js'
import { TOKEN_COMMANDS } from '../../src/operator/check-token.js'
import type { CommandContext } from '../../src/operator/command.js'
import { CONNECTOR_COMMANDS } from '../../src/operator/connector-commands.js'
import { KEY_COMMANDS } from '../../src/operator/key-commands.js'
import { parseCommand } from '../../src/operator/parse-command.js'
import { PUBLISHING_COMMANDS } from '../../src/operator/publishing-commands.js'
import { COMMANDS } from '../../src/operator/run-operator.js'
import { TEST_COMMANDS } from '../../src/operator/test-connector.js'
import { VAULT_COMMANDS } from '../../src/operator/vault-commands.js'
import { WEBHOOK_COMMANDS } from '../../src/operator/webhook-commands.js'
import { SILENT } from '../support/callers.js'
import { openTestDatabase, type TestDatabase } from '../support/database.js'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

/** Commands for keys only need the database. */
const NOTHING_ELSE = { allowPrivate: false, providers: new Map() } as unknown as CommandContext['deps']

/** Returns what the command prints. */
async function run(...args: string[]): Promise<string> {
  const { command, args: given, options } = parseCommand(KEY_COMMANDS, args)
  const deps = { ...NOTHING_ELSE, db: database.db, sql: database.sql, notifier: SILENT }
  const { text, json } = await command.run({ deps, keyIds: [], say: () => expect.unreachable() }, given, options)
  return options.json ? JSON.stringify(json) : text
}

const isAccepted = async (key: string) =>
  (await verifyKeys({ sql: database.sql, development: true }, [key]))[0]?.key !== null
const keyIn = (text: string) => /pbk_[a-z]{10}_\S{43}/.exec(text)?.[0] ?? ''
const idIn = (text: string) => /pbk_[a-z]{10}/.exec(text)?.[0] ?? ''

test('a key is created, shown once, and listed without its secret', async () => {
  expect(await run('list-keys')).toContain('There are no API keys')
  expect(await run('list-keys', '--json')).toBe('[]')
  const made = await run('create-key', 'host back end', '--scopes', 'users:delete, sessions:create')
  const key = keyIn(made)
  expect(await isAccepted(key)).toBe(true)
  expect(made).toContain('You won’t be able to see it again')
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
    'active',
  ])
  expect(listed).not.toContain(key)
})

test('JSON output includes a new key itself, but never a hash', async () => {
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

test('a key can be rotated with or without a grace period and revoked, and its id is accepted in every form', async () => {
  const first = keyIn(await run('create-key', 'rotating', '--scopes', 'tokens:issue'))
  const id = idIn(first)
  const bare = id.slice('pbk_'.length)
  const rotated = await run('rotate-key', id)
  expect(rotated).toMatch(/The previous secret works until .*Z\./)
  expect(await isAccepted(first)).toBe(true)
  expect(await run('list-keys')).toMatch(new RegExp(`${id} .*the previous secret works until`))
  const second = keyIn(rotated)
  const again = await run('rotate-key', bare, '--grace', '0')
  expect([await isAccepted(first), await isAccepted(second), await isAccepted(keyIn(again))]).toEqual([
    false,
    false,
    true,
  ])
  expect(await run('scope-key', second, '--scopes=users:delete')).toBe(
    `${id} (rotating) now has these scopes: users:delete.`,
  )

  expect(await run('revoke-key', id)).toContain('Revoked')
  expect(await isAccepted(keyIn(again))).toBe(false)
  expect(await run('revoke-key', bare)).toContain('was already revoked')
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
    /root isn’t a scope\. The scopes are tokens:issue/,
  ],
  ['an empty list of scopes', ['create-key', 'x', '--scopes', ','], /scopes: must name at least one/],
  [
    'a missing --scopes',
    ['create-key', 'x'],
    /create-key needs --scopes <a,b>\.[\s\S]*create-key <name> --scopes <a,b>/,
  ],
  ['an option without a value', ['rotate-key', 'pbk_lusabbabad', '--grace'], /--grace needs a value/],
  ['a missing name', ['create-key', '--scopes', 'tokens:issue'], /create-key needs <name>/],
  [
    'an unquoted name of two words',
    ['create-key', 'my', 'key', '--scopes', 'tokens:issue'],
    /takes only <name>\..*quotes/,
  ],
  [
    'a name that is in use',
    ['create-key', 'doubled', '--scopes', 'tokens:issue'],
    /name: is already used by pbk_[a-z]{10}/,
  ],
  ['a missing key', ['revoke-key'], /revoke-key needs <key>/],
  ['an unknown key', ['revoke-key', 'pbk_nosuchkeyy'], /No API key has this id.*list-keys/],
  ['an invalid key id', ['rotate-key', 'my key'], /No API key has this id.*list-keys/],
  ['an argument to list-keys', ['list-keys', 'pbk_lusabbabad'], /list-keys takes no arguments\./],
  [
    'a grace period that is not a number',
    ['rotate-key', 'pbk_lusabbabad', '--grace', 'soon'],
    /grace: must be a whole number of minutes/,
  ],
  [
    'a negative grace period',
    ['rotate-key', 'pbk_lusabbabad', '--grace=-1'],
    /grace: must be a whole number of minutes/,
  ],
  ['another command’s option', ['revoke-key', 'pbk_lusabbabad', '--grace', '5'], /revoke-key has no option --grace/],
  ['an unknown option', ['list-keys', '--all'], /list-keys has no option --all/],
])('%s is refused with an explanation, and nothing is stored', async (_what, args, expected) => {
  if (args[1] === 'doubled') await run(...args)
  const before = await run('list-keys')
  await expect((async () => run(...args))()).rejects.toThrow(expected)
  expect(await run('list-keys')).toBe(before)
})

test.each([[[]], [['--json']], [['toString']], [['constructor']], [['create-keys']]])(
  'the arguments %j, which name no command, get the list of commands',
  (args) => {
    expect(() => parseCommand(COMMANDS, args)).toThrow(
      /npm run operator -- <command>[\s\S]*rotate-key <key> \[--grace <minutes>\]/,
    )
  },
)

test('every command has a one-line explanation and a unique name', () => {
  for (const { explanation } of Object.values(COMMANDS)) expect(explanation).toMatch(/^[^\n]{10,100}$/)
  const tables = [
    PUBLISHING_COMMANDS,
    CONNECTOR_COMMANDS,
    TEST_COMMANDS,
    PROVIDER_COMMANDS,
    VAULT_COMMANDS,
    WEBHOOK_COMMANDS,
    KEY_COMMANDS,
    TOKEN_COMMANDS,
  ]
  expect(Object.keys(COMMANDS)).toEqual(tables.flatMap(Object.keys))
})

test('a switch that is given a value is refused', () => {
  expect(() => parseCommand(COMMANDS, ['remove-connector', 'mail', '--force=no'])).toThrow('--force takes no value')
})
