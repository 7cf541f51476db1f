import { parseArgs } from 'node:util'
import { ConfigurationError } from '../config/environment.js'
import { changeKeyScopes } from '../domain/access/api-key/change-key-scopes.js'
import { createKey, type ShownKey } from '../domain/access/api-key/create-key.js'
import { parseKeyId, shownKeyId } from '../domain/access/api-key/key-form.js'
import type { KeyRow } from '../domain/access/api-key/key-row.js'
import { listKeys } from '../domain/access/api-key/list-keys.js'
import { revokeKey } from '../domain/access/api-key/revoke-key.js'
import { DEFAULT_GRACE_MINUTES, rotateKey } from '../domain/access/api-key/rotate-key.js'
import { API_KEY_SCOPES } from '../domain/access/api-key/scopes.js'
import type { Deps } from '../domain/deps.js'
import { UnknownKeyError } from '../domain/errors.js'
import { table } from './table.js'

type KeyDeps = Pick<Deps, 'db' | 'doorbell'>

/** What a command has done: for people, and for programs. */
interface Answer {
  text: string
  json: unknown
}

interface Values {
  scopes?: string | undefined
  grace?: string | undefined
  json?: boolean | undefined
}

interface KeyCommand {
  usage: string
  does: string
  /** What it takes besides options, for the sentence that says what is missing. */
  argument: 'name' | 'key' | null
  options: readonly (keyof Values)[]
  carryOut: (deps: KeyDeps, argument: string, values: Values) => Promise<Answer>
}

const COMMANDS: Record<string, KeyCommand> = {
  'create-key': {
    usage: 'create-key <name> --scopes <a,b>',
    does: 'make an API key; it is shown once',
    argument: 'name',
    options: ['scopes'],
    async carryOut(deps, name, values) {
      return shown('Created', await createKey(deps, { name, scopes: scopesIn(values) }))
    },
  },
  'list-keys': {
    usage: 'list-keys',
    does: 'show all of them: scopes, last use, state',
    argument: null,
    options: [],
    async carryOut(deps) {
      const keys = await listKeys(deps)
      const none = 'There are no API keys. Make one: npm run operator -- create-key <name> --scopes <a,b>'
      return { text: keys.length === 0 ? none : table(HEADINGS, keys.map(cellsOf)), json: keys.map(jsonOf) }
    },
  },
  'scope-key': {
    usage: 'scope-key <key> --scopes <a,b>',
    does: 'give a key these scopes and no others',
    argument: 'key',
    options: ['scopes'],
    async carryOut(deps, key, values) {
      const row = await changeKeyScopes(deps, idIn(key), scopesIn(values))
      return { text: `${nameOf(row)} may now: ${row.scopes.join(', ')}.`, json: jsonOf(row) }
    },
  },
  'rotate-key': {
    usage: 'rotate-key <key> [--grace <minutes>]',
    does: 'give a key a new secret; the one before ends after an hour, or the grace',
    argument: 'key',
    options: ['grace'],
    async carryOut(deps, key, { grace = String(DEFAULT_GRACE_MINUTES) }) {
      const minutes = /^\d{1,6}$/.test(grace) ? Number(grace) : Number.NaN
      const rotated = await rotateKey(deps, idIn(key), minutes)
      const until =
        minutes === 0
          ? 'The secret before is taken no more.'
          : `The secret before is taken until ${timeText(rotated.row.previousUntil)}.`
      const { text, json } = shown('Rotated', rotated)
      return { text: `${text}\n${until}`, json }
    },
  },
  'revoke-key': {
    usage: 'revoke-key <key>',
    does: 'end a key for good, and the setup sessions it made',
    argument: 'key',
    options: [],
    async carryOut(deps, key) {
      const { row, revoked } = await revokeKey(deps, idIn(key))
      const text = revoked
        ? `Revoked ${nameOf(row)}, and the setup sessions it made.`
        : `${nameOf(row)} was revoked already, at ${timeText(row.revokedAt)}.`
      return { text, json: jsonOf(row) }
    },
  },
}

export const KEYS_USAGE = `${Object.values(COMMANDS)
  .map(({ usage, does }) => `  ${usage.padEnd(38)}  ${does}`)
  .join('\n')}

<key> is pbk_<id>, as list-keys shows it. Scopes: ${API_KEY_SCOPES.join(', ')}.
With --json these answer in JSON.`

/**
 * Reads what is asked of keys on the command line.
 * @returns what carries it out and gives the text to print; undefined when it is no command of this kind
 * @throws ConfigurationError that says what is missing or too much
 */
export function readKeyCommand(args: readonly string[]): ((deps: KeyDeps) => Promise<string>) | undefined {
  const [name = '', ...rest] = args
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) return undefined
  const { argument, values } = readArguments(name, command, rest)
  return async (deps) => {
    const { text, json } = await command.carryOut(deps, argument, values)
    return values.json ? JSON.stringify(json, null, 2) : text
  }
}

function readArguments(
  name: string,
  { usage, argument, options }: KeyCommand,
  args: readonly string[],
): { argument: string; values: Values } {
  const takes = new Set<string>([...options, 'json'])
  const fault = (what: string) =>
    new ConfigurationError(`${name}: ${what}

  npm run operator -- ${usage}`)
  const { positionals, values, tokens } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: { scopes: { type: 'string' }, grace: { type: 'string' }, json: { type: 'boolean' } },
  })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    if (!takes.has(token.name)) throw fault(`there is no option ${token.rawName} here.`)
    if (token.name !== 'json' && !token.value) throw fault(`${token.rawName} needs a value.`)
  }
  const [first, ...more] = positionals
  if (argument === 'name' && !first) throw fault('a name is missing: what will the key be used by?')
  if (argument === 'key' && !first) throw fault('which key? Pass its id, as list-keys shows it.')
  if (more.length > 0 || (argument === null && first))
    throw fault('there are too many arguments. A name with spaces needs quotes.')
  if (options.includes('scopes') && !values.scopes) throw fault('--scopes is missing: what may the key be used for?')
  return { argument: first ?? '', values: values as Values }
}

function scopesIn({ scopes = '' }: Values): string[] {
  return scopes.split(',').flatMap((scope) => scope.trim() || [])
}

function idIn(text: string): string {
  const id = parseKeyId(text)
  if (id === null) throw new UnknownKeyError()
  return id
}

function nameOf({ id, name }: KeyRow): string {
  return `${shownKeyId(id)} (${name})`
}

function shown(what: string, { row, key }: ShownKey): Answer {
  const text = `${what} ${nameOf(row)} for ${row.scopes.join(', ')}.\n\n  ${key}\n\nThis is shown once: keep it where secrets are kept.`
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
    ? `in use; the secret before until ${timeText(previousUntil)}`
    : 'in use'
}

function jsonOf({ id, ...row }: KeyRow) {
  return { id: shownKeyId(id), ...row }
}

/** To the minute, in UTC. */
function timeText(time: Date | null): string {
  return time ? `${time.toISOString().slice(0, 16).replace('T', ' ')}Z` : '-'
}
