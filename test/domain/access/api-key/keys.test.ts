import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { changeKeyScopes } from '../../../../src/domain/access/api-key/change-key-scopes.js'
import { createKey } from '../../../../src/domain/access/api-key/create-key.js'
import { developmentKey, keepDevelopmentKey } from '../../../../src/domain/access/api-key/development-key.js'
import { newKeyId, parseKey } from '../../../../src/domain/access/api-key/key-form.js'
import { createKeyUses } from '../../../../src/domain/access/api-key/key-uses.js'
import { revokeKey } from '../../../../src/domain/access/api-key/revoke-key.js'
import { rotateKey } from '../../../../src/domain/access/api-key/rotate-key.js'
import { type VerifiedKey, verifyKeys } from '../../../../src/domain/access/api-key/verify-keys.js'
import { API_KEY_SCOPES } from '../../../../src/domain/identity/api-key-caller.js'
import { OpaqueTokens } from '../../../../src/http/authentication/opaque-tokens.js'
import { call, keyFor, SILENT } from '../../../support/callers.js'
import { openTestDatabase } from '../../../support/database.js'
import { HOST } from '../../../support/host-user.js'
import { type Patchbay, startPatchbay } from '../../../support/patchbay.js'
import { RawSocket } from '../../../support/raw.js'
import { scrape } from '../../../support/scrape.js'

let patchbay: Patchbay
let stopped: Promise<void> | undefined

beforeAll(async () => {
  patchbay = await startPatchbay(HOST)
})
afterAll(() => stopped ?? patchbay.close())
afterEach(() => vi.useRealTimers())

const PLUGINS = '{ plugins(first: 1) { edges { node { slug setup { id } } } } }'
const db = () => ({ db: patchbay.database.db, sql: patchbay.database.sql })
async function verify(key: string, development = true, database = db()): Promise<VerifiedKey> {
  const [verified] = await verifyKeys({ ...database, development }, [key])
  return verified as VerifiedKey
}

/** A whole row, secrets included, as text. */
async function stored(id: string): Promise<string> {
  const row = await patchbay.database.db.apiKey.findUniqueOrThrow({ where: { id } })
  return JSON.stringify(row, (_name, value) => (value?.type === 'Buffer' ? Buffer.from(value).toString() : value))
}

describe('an API key', () => {
  test('has a pronounceable id and a secret of 256 random bits, of which only a hash is stored', async () => {
    const { key, id } = await keyFor(patchbay, 'tokens:issue')
    const { secret } = parseKey(key) ?? { secret: '' }
    expect(key).toBe(`pbk_${id}_${secret}`)
    expect(id).toMatch(/^([bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]){2}$/)
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
    expect(await stored(id)).not.toContain(secret)
    const row = await patchbay.database.db.apiKey.findUniqueOrThrow({ where: { id } })
    expect(row.secretHash).toHaveLength(32)
    expect(new Set(Array.from({ length: 1_000 }, newKeyId)).size).toBeGreaterThan(990)
  })

  test('sees the catalogue but no user’s setups, over HTTP and WebSocket', async () => {
    const { key } = await keyFor(patchbay, 'tokens:issue')
    const seen = { plugins: { edges: [{ node: { slug: 'inbox-helper', setup: null } }] } }
    expect(await call(patchbay, key, PLUGINS)).toEqual({ status: 200, data: seen })
    expect(await call(patchbay, key, '{ viewer { id } }')).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    })
    const socket = await RawSocket.open(patchbay)
    await socket.init(`Bearer ${key}`)
    expect(await socket.execute(PLUGINS)).toMatchObject({ type: 'next', payload: { data: seen } })
    socket.terminate()
  })

  test('gets its new scopes when they change, and keeps the old ones if the new ones are invalid', async () => {
    const { key, id } = await keyFor(patchbay, 'plugins:write')
    expect((await verify(key)).key?.scopes).toEqual(new Set(['plugins:write']))
    await changeKeyScopes(db(), id, ['users:delete', 'sessions:create', 'users:delete'])
    expect((await verify(key)).key?.scopes).toEqual(new Set(['sessions:create', 'users:delete']))
    await expect(changeKeyScopes(db(), id, ['users:delete', 'root'])).rejects.toMatchObject({
      faults: [{ path: 'scopes[1]', message: expect.stringContaining('tokens:issue') }],
    })
    await expect(changeKeyScopes(db(), id, [])).rejects.toMatchObject({ faults: [{ path: 'scopes' }] })
    expect((await verify(key)).key?.scopes.size).toBe(2)
  })

  test('keeps its other scopes if it has one that this version does not know', async () => {
    const { key, id } = await keyFor(patchbay, 'tokens:issue')
    await patchbay.database.db.apiKey.update({ where: { id }, data: { scopes: ['tokens:issue', 'of:tomorrow'] } })
    expect((await verify(key)).key?.scopes).toEqual(new Set(['tokens:issue']))
  })

  test('has a unique name, even if two are created at once; revoking the key frees the name', async () => {
    const make = () => createKey(db(), { name: 'twins', scopes: ['tokens:issue'] })
    const made = await Promise.allSettled([make(), make()])
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const [first] = await patchbay.database.db.apiKey.findMany({ where: { name: 'twins' } })
    await expect(make()).rejects.toMatchObject({
      faults: [{ path: 'name', message: expect.stringContaining(`pbk_${first?.id}`) }],
    })
    await revokeKey({ ...db(), notifier: SILENT }, first?.id ?? '')
    expect((await make()).row.name).toBe('twins')
  })

  test.each(['', ' ', ' a', 'a ', 'a\nb', 'a\u001b[31m', 'x'.repeat(61)])('cannot be named %j', async (name) => {
    await expect(createKey(db(), { name, scopes: ['tokens:issue'] })).rejects.toMatchObject({
      faults: [{ path: 'name' }],
    })
  })
})

describe('rotating a key', () => {
  test('keeps the previous secret valid during the grace period and no longer', async () => {
    const { key, id } = await keyFor(patchbay, 'tokens:issue')
    const rotated = await rotateKey(db(), id, 60)
    expect(rotated.key).not.toBe(key)
    expect((await verify(key)).key?.id).toBe(id)
    expect((await verify(rotated.key)).key?.id).toBe(id)
    await patchbay.database.db
      .$executeRaw`UPDATE "ApiKey" SET "previousUntil" = now() - interval '1 second' WHERE id = ${id}`
    expect((await verify(key)).refused).toBe('rotated')
    expect((await verify(rotated.key)).key?.id).toBe(id)
  })

  test('without a grace period ends the previous secret immediately; a later rotation ends an earlier grace period', async () => {
    const { key, id } = await keyFor(patchbay, 'tokens:issue')
    const second = await rotateKey(db(), id, 0)
    expect((await verify(key)).refused).toBe('rotated')
    const third = await rotateKey(db(), id, 60)
    const fourth = await rotateKey(db(), id, 60)
    expect((await verify(second.key)).refused).toBe('wrong-secret')
    expect((await verify(third.key)).refused).toBeNull()
    expect((await verify(fourth.key)).refused).toBeNull()
  })

  test.each([-1, 0.5, Number.NaN, 10_081])('rejects a grace period of %s minutes', async (minutes) => {
    const { key, id } = await keyFor(patchbay, 'tokens:issue')
    await expect(rotateKey(db(), id, minutes)).rejects.toMatchObject({ faults: [{ path: 'grace' }] })
    expect((await verify(key)).refused).toBeNull()
  })
})

describe('a revoked key', () => {
  test('is refused permanently within two seconds, even by instances that remembered it', async () => {
    const { key, id } = await keyFor(patchbay, 'tokens:issue')
    const socket = await RawSocket.open(patchbay)
    await socket.init(`Bearer ${key}`)
    expect((await call(patchbay, key, PLUGINS)).status).toBe(200)
    const revoked = Date.now()
    expect(await revokeKey({ ...db(), notifier: SILENT }, id)).toMatchObject({ revoked: true })
    await expect.poll(() => Date.now() - revoked).toBeGreaterThan(2_000)
    expect((await call(patchbay, key, PLUGINS)).status).toBe(401)
    // A socket that it opened notices at its next use, and receives nothing else.
    socket.send({ id: 'late', type: 'subscribe', payload: { query: PLUGINS } })
    expect(await socket.closed).toBe(4403)
    expect(socket.messages.map(({ type }) => type)).toEqual(['connection_ack'])

    expect(await revokeKey({ ...db(), notifier: SILENT }, id)).toMatchObject({ revoked: false })
    await expect(rotateKey(db(), id, 0)).rejects.toThrow('revoked')
    await expect(changeKeyScopes(db(), id, ['tokens:issue'])).rejects.toThrow('revoked')
    await expect(revokeKey({ ...db(), notifier: SILENT }, 'nosuchname')).rejects.toThrow('No API key has this id')
  })
})

describe('G15: a key that is not accepted', () => {
  test('gets the same answer whatever is wrong with it, while a metric counts the reasons for operators', async () => {
    const { key, id } = await keyFor(patchbay, 'tokens:issue')
    const { key: revoked, id: revokedId } = await keyFor(patchbay, 'tokens:issue')
    await revokeKey({ ...db(), notifier: SILENT }, revokedId)
    const { key: old, id: oldId } = await keyFor(patchbay, 'tokens:issue')
    await rotateKey(db(), oldId, 0)
    const secret = parseKey(key)?.secret ?? ''
    const otherSecret = `${secret.startsWith('A') ? 'B' : 'A'}${secret.slice(1)}`
    const bad: [reason: string, key: string][] = [
      ['wrong-secret', `pbk_${id}_${otherSecret}`],
      ['wrong-secret', `pbk_${id}_${parseKey(old)?.secret}`],
      ['unknown', `pbk_${newKeyId()}_${secret}`],
      ['revoked', revoked],
      ['rotated', old],
      ['damaged', 'pbk_'],
      ['damaged', `pbk_${id}`],
      ['damaged', `pbk_${id}_`],
      ['damaged', key.slice(0, -1)],
      ['damaged', `${key}A`],
      ['damaged', `pbk_${id}_${'A'.repeat(10_000)}`],
      ['damaged', key.toUpperCase().replace('PBK_', 'pbk_')],
    ]
    const before = await scrape(patchbay)
    const answers = await Promise.all(bad.map(([, wrong]) => call(patchbay, wrong, '{ __typename }')))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    expect(JSON.stringify(answers[0])).not.toContain(id)
    const after = await scrape(patchbay)
    for (const reason of ['wrong-secret', 'unknown', 'revoked', 'rotated', 'damaged']) {
      const of = (scraped: typeof after) => scraped.value('patchbay_api_keys_refused_total', { reason })
      expect(of(after) - of(before), reason).toBe(bad.filter(([expected]) => expected === reason).length)
    }
    for (const [, wrong] of bad.slice(0, 8)) {
      const socket = await RawSocket.open(patchbay)
      socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${wrong}` } })
      expect(await socket.closed).toBe(4403)
    }
  })

  test('takes the same statement whether or not its id exists, and is looked up each time', async () => {
    const { key, id } = await keyFor(patchbay, 'tokens:issue')
    await call(patchbay, key, PLUGINS)
    const { secret } = parseKey(key) ?? { secret: '' }
    const wrong = (name: string, index: number) =>
      `pbk_${name}_${String.fromCharCode(65 + index).repeat(secret.length)}`
    const of = async (name: string) => {
      const statements = await patchbay.database.countStatements(async () => {
        for (let index = 0; index < 3; index++) await call(patchbay, wrong(name, index), '{ __typename }')
      })
      return statements.filter((sql) => sql.includes('FROM "ApiKey" WHERE id = ANY'))
    }
    const known = await of(id)
    expect(known).toHaveLength(3)
    expect(await of(newKeyId())).toEqual(known)
  })

  test('gets a server error instead of a refusal while the database is unavailable', async () => {
    const { key } = await keyFor(patchbay, 'tokens:issue')
    using _tap = patchbay.database.tap((sql) => {
      if (sql.includes('FROM "ApiKey" WHERE id = ANY')) throw new Error('the database is away')
    })
    expect(await call(patchbay, key, PLUGINS)).toMatchObject({
      status: 503,
      errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
    })
    const socket = await RawSocket.open(patchbay)
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } })
    expect(await socket.closed).toBe(1013)
    _tap[Symbol.dispose]()
    expect((await call(patchbay, key, PLUGINS)).status).toBe(200)
  })
})

describe('the memory of verified tokens', () => {
  test('keeps an answer for two seconds, shares one lookup among concurrent callers, and is bounded', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    let asked = 0
    const tokens = new OpaqueTokens(async (token) => `${token} ${++asked}`)
    const remember = (token: string) => tokens.find(token, () => false)
    expect(await Promise.all([remember('a'), remember('a')])).toEqual(['a 1', 'a 1'])
    vi.advanceTimersByTime(1_999)
    expect(await remember('a')).toBe('a 1')
    vi.advanceTimersByTime(1)
    expect(await remember('a')).toBe('a 2')
    for (let index = 0; index < 10_000; index++) await remember(`b${index}`)
    const before = asked
    expect(await remember('b9999')).toBe('b9999 10002')
    expect(asked).toBe(before)
    expect(await remember('a')).toBe('a 10003')
  })

  test('keeps nothing if the lookup fails', async () => {
    let asked = 0
    const tokens = new OpaqueTokens(async () => {
      if (++asked === 1) throw new Error('away')
      return asked
    })
    await expect(tokens.find('a', () => false)).rejects.toThrow('away')
    expect(await tokens.find('a', () => false)).toBe(2)
  })
})

describe('the last use of a key', () => {
  const lastUsed = async (id: string) =>
    (await patchbay.database.db.apiKey.findUniqueOrThrow({ where: { id } })).lastUsedAt?.getTime() ?? 0

  test('is written once for many requests, within half a minute, by the database’s clock', async () => {
    const { key, id } = await keyFor(patchbay, 'tokens:issue')
    const statements = await patchbay.database.countStatements(async () => {
      for (let times = 0; times < 5; times++) await call(patchbay, key, PLUGINS)
    })
    expect(statements.filter((sql) => sql.includes('UPDATE "ApiKey"'))).toEqual([])
    vi.useFakeTimers({ toFake: ['performance'] })
    const uses = createKeyUses(db())
    uses.note(id)
    await uses.recordDue()
    expect(await lastUsed(id)).toBe(0)
    vi.advanceTimersByTime(30_000)
    await uses.recordDue()
    expect(Math.abs(Date.now() - 30_000 - (await lastUsed(id)))).toBeLessThan(2_000)
    await patchbay.database.db
      .$executeRaw`UPDATE "ApiKey" SET "lastUsedAt" = now() + interval '1 hour' WHERE id = ${id}`
    const later = await lastUsed(id)
    uses.note(id)
    await uses.record()
    expect(await lastUsed(id)).toBe(later) // another instance has seen a later use
  })

  test('survives a database outage without failing a request', async () => {
    const { id } = await keyFor(patchbay, 'tokens:issue')
    const uses = createKeyUses(db())
    uses.note(id)
    {
      using _tap = patchbay.database.tap((sql) => {
        if (sql.includes('UPDATE "ApiKey"')) throw new Error('the database is away')
      })
      await expect(uses.record()).rejects.toThrow()
    }
    await uses.record()
    expect(await lastUsed(id)).toBeGreaterThan(0)
  })
})

describe('the development key', () => {
  test('has every scope, is the same at every start, and has the form of any other key', async () => {
    const key = patchbay.instance.developmentKey ?? ''
    expect((await verify(key)).key).toEqual({ id: 'development', name: 'development', scopes: new Set(API_KEY_SCOPES) })
    expect(developmentKey('secret')).toBe(developmentKey('secret'))
    expect(developmentKey('secret')).not.toBe(developmentKey('another secret'))
    expect(parseKey(developmentKey('secret'))).not.toBeNull()
  })

  test('is refused in production', async () => {
    expect((await verify(patchbay.instance.developmentKey ?? '', false)).refused).toBe('unknown')
  })

  test('stays revoked when the server starts again', async () => {
    const database = await openTestDatabase()
    try {
      const secret = 'a secret of development'
      expect(await keepDevelopmentKey(database, secret)).toBe(true)
      await revokeKey({ ...database, notifier: SILENT }, 'development')
      expect(await keepDevelopmentKey(database, secret)).toBe(false)
      expect((await verify(developmentKey(secret), true, database)).refused).toBe('revoked')
    } finally {
      await database.close()
    }
  })
})

test('a stopping server writes the last use of its keys', async () => {
  const { key } = await keyFor(patchbay, 'tokens:issue')
  await call(patchbay, key, PLUGINS)
  const statements: string[] = []
  using _tap = patchbay.database.tap((sql) => void statements.push(sql))
  stopped = patchbay.close()
  await stopped
  expect(statements.filter((sql) => sql.includes('UPDATE "ApiKey"'))).toHaveLength(1)
})
