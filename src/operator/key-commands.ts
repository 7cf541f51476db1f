import { changeKeyScopes } from '../domain/access/api-key/change-key-scopes.js'
import { createKey, type ShownKey } from '../domain/access/api-key/create-key.js'
import { parseKeyId, shownKeyId } from '../domain/access/api-key/key-form.js'
import type { KeyRow } from '../domain/access/api-key/key-row.js'
import { listKeys } from '../domain/access/api-key/list-keys.js'
import { revokeKey } from '../domain/access/api-key/revoke-key.js'
import { DEFAULT_GRACE_MINUTES, rotateKey } from '../domain/access/api-key/rotate-key.js'
import { UnknownKeyError } from '../domain/errors.js'
import type { Commands, Outcome } from './command.js'
import { table } from './table.js'

const SCOPES = { value: '<a,b>', required: true }

/** Commands for API keys. With --json, they print JSON. */
export const KEY_COMMANDS: Commands = {
  'create-key': {
    takes: ['<name>'],
    options: { scopes: SCOPES, json: {} },
    explanation: 'create an API key (shown only once)',
    async run({ deps }, [name = ''], { scopes }) {
      return shown('Created', await createKey(deps, { name, scopes: scopesIn(scopes) }))
    },
  },
  'list-keys': {
    takes: [],
    options: { json: {} },
    explanation: 'list all API keys with their scopes, last use and state',
    async run({ deps }) {
      const keys = await listKeys(deps)
      const none = 'There are no API keys. Create one with npm run operator -- create-key <name> --scopes <a,b>'
      return { text: keys.length === 0 ? none : table(HEADINGS, keys.map(cellsOf)), json: keys.map(jsonOf) }
    },
  },
  'scope-key': {
    takes: ['<key>'],
    options: { scopes: SCOPES, json: {} },
    explanation: 'replace the scopes of a key',
    async run({ deps }, [key], { scopes }) {
      const row = await changeKeyScopes(deps, idIn(key), scopesIn(scopes))
      return { text: `${nameOf(row)} now has these scopes: ${row.scopes.join(', ')}.`, json: jsonOf(row) }
    },
  },
  'rotate-key': {
    takes: ['<key>'],
    options: { grace: { value: '<minutes>' }, json: {} },
    explanation: `give a key a new secret; by default, the previous one works for ${DEFAULT_GRACE_MINUTES} more minutes`,
    async run({ deps }, [key], { grace = String(DEFAULT_GRACE_MINUTES) }) {
      const minutes = /^\d{1,6}$/.test(String(grace)) ? Number(grace) : Number.NaN
      const rotated = await rotateKey(deps, idIn(key), minutes)
      const until =
        minutes === 0
          ? 'The previous secret no longer works.'
          : `The previous secret works until ${timeText(rotated.row.previousUntil)}.`
      const { text, json } = shown('Rotated', rotated)
      return { text: `${text}\n${until}`, json }
    },
  },
  'revoke-key': {
    takes: ['<key>'],
    options: { json: {} },
    explanation: 'revoke a key permanently and end the setup sessions it created',
    async run({ deps }, [key]) {
      const { row, revoked } = await revokeKey(deps, idIn(key))
      const text = revoked
        ? `Revoked ${nameOf(row)} and ended the setup sessions it created.`
        : `${nameOf(row)} was already revoked at ${timeText(row.revokedAt)}.`
      return { text, json: jsonOf(row) }
    },
  },
}

function scopesIn(scopes: string | true = ''): string[] {
  return String(scopes)
    .split(',')
    .flatMap((scope) => scope.trim() || [])
}

function idIn(text = ''): string {
  const id = parseKeyId(text)
  if (id === null) throw new UnknownKeyError()
  return id
}

function nameOf({ id, name }: KeyRow): string {
  return `${shownKeyId(id)} (${name})`
}

function shown(what: string, { row, key }: ShownKey): Outcome {
  const text = `${what} ${nameOf(row)} with these scopes: ${row.scopes.join(', ')}.\n\n  ${key}\n\nStore the key now. You won’t be able to see it again.`
  return { text, json: { ...jsonOf(row), key } }
}

const HEADINGS = ['KEY', 'NAME', 'SCOPES', 'CREATED', 'ROTATED', 'LAST USED', 'STATE']

function cellsOf(row: KeyRow): string[] {
  const { id, name, scopes, createdAt, rotatedAt, lastUsedAt } = row
  const times = [createdAt, rotatedAt, lastUsedAt].map(timeText)
  return [shownKeyId(id), name, scopes.join(','), ...times, stateOf(row)]
}

function stateOf({ revokedAt, previousUntil }: KeyRow): string {
  if (revokedAt) return `revoked ${timeText(revokedAt)}`
  return previousUntil && previousUntil > new Date()
    ? `active; the previous secret works until ${timeText(previousUntil)}`
    : 'active'
}

function jsonOf({ id, ...row }: KeyRow) {
  return { id: shownKeyId(id), ...row }
}

/** To the minute, in UTC. */
function timeText(time: Date | null): string {
  return time ? `${time.toISOString().slice(0, 16).replace('T', ' ')}Z` : '-'
}
