import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { newKeyId } from '../../../src/domain/access/api-key/key-form.js'
import { revokeKey } from '../../../src/domain/access/api-key/revoke-key.js'
import { formatSessionToken } from '../../../src/domain/access/setup-session/session-token.js'
import { newSecret } from '../../../src/domain/hashed-secret.js'
import { createBatchedLookup } from '../../../src/http/authentication/batched-lookup.js'
import { OpaqueTokens } from '../../../src/http/authentication/opaque-tokens.js'
import { type Called, call, keyFor, SILENT, sessionFor } from '../../support/callers.js'
import { COUNTED, count, record } from '../../support/counts.js'
import { HOST, hostToken } from '../../support/host-user.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { RawSocket, send } from '../../support/raw.js'
import { scrape } from '../../support/scrape.js'

const TYPENAME = '{ __typename }'
const TRIES = count(1_000, 160)
const AT_ONCE = TRIES / 4

/** A credential that nobody was given: a key, a session or a token, in turn. */
async function guess(index: number, keyId: string): Promise<string> {
  switch (index % 5) {
    case 0:
      return `pbk_${newKeyId()}_${newSecret()}`
    case 1:
      return `pbk_${keyId}_${newSecret()}`
    case 2:
      return formatSessionToken(randomUUID(), newSecret())
    case 3:
      return `${(await hostToken()).slice(0, -43)}${newSecret()}`
    default:
      return newSecret()
  }
}

async function request({ url }: Pick<Patchbay, 'url'>, token: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: TYPENAME }),
  })
  const retryAfter = Number(response.headers.get('retry-after'))
  return { status: response.status, retryAfter, body: (await response.json()) as Called<unknown> }
}

const statusOf = async (patchbay: Patchbay, token: string) => (await call(patchbay, token, TYPENAME)).status

// Most of the time, these wait for lookups that are made once a second. So they wait together.
test.concurrent(
  'G21: an address that sends wrong keys and tokens is told to wait, and costs the database a few statements',
  COUNTED,
  async () => {
    await using patchbay = await startPatchbay(HOST)
    const { id } = await keyFor(patchbay, 'tokens:issue')
    const answers: Awaited<ReturnType<typeof request>>[] = []
    const startedAt = performance.now()
    const statements = await patchbay.database.countStatements(async () => {
      for (let sent = 0; sent < TRIES; sent += AT_ONCE) {
        const guesses = Array.from({ length: AT_ONCE }, (_, index) => guess(sent + index, id))
        answers.push(...(await Promise.all(guesses.map(async (token) => request(patchbay, await token)))))
      }
    })
    const seconds = (performance.now() - startedAt) / 1_000
    const refused = answers.filter(({ status }) => status === 429)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(TRIES - refused.length)
    // 30 at once, and one more every two seconds.
    expect(refused.length).toBeGreaterThanOrEqual(TRIES - 31 - seconds / 2)
    for (const { retryAfter, body } of refused) {
      expect(retryAfter).toBeGreaterThan(0)
      expect(body.errors).toEqual([
        {
          message: expect.stringContaining('Too many invalid tokens and keys came from your address'),
          extensions: { code: 'TOO_MANY_REQUESTS', limit: 'wrong-credentials', retryAfterSeconds: retryAfter },
        },
      ])
    }
    const lookups = statements.filter((sql) => /FROM "(ApiKey|SetupSession)"/.test(sql)).length
    expect(lookups).toBeLessThan(Math.min(100, TRIES / 2))
    record('G21', 'wrong keys and tokens from one address', { tries: TRIES, refused: refused.length, lookups })
    const { value } = await scrape(patchbay)
    expect(value('patchbay_rate_limited_total', { limit: 'wrong-credentials' })).toBe(refused.length)
    const lines = patchbay.logged.filter((line) => line.includes('a caller exceeded a rate limit'))
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.length).toBeLessThan(10)
  },
)

describe.concurrent('G21: an address that sent too many wrong keys and tokens', () => {
  let patchbay: Patchbay
  let key: { key: string; id: string }
  let revoked: { key: string; id: string }
  beforeAll(async () => {
    // The next one is refused for a minute.
    patchbay = await startPatchbay({ ...HOST, PATCHBAY_WRONG_CREDENTIALS_PER_MINUTE: '1' })
    key = await keyFor(patchbay, 'sessions:create')
    revoked = await keyFor(patchbay, 'tokens:issue')
    expect(await statusOf(patchbay, revoked.key)).toBe(200)
    expect(await statusOf(patchbay, await guess(0, key.id))).toBe(401)
  })
  afterAll(() => patchbay.close())

  test.each([0, 1, 2, 3, 4])('is told to wait, and not immediately (kind %i)', async (kind) => {
    const guessed = await guess(kind, key.id)
    const sentAt = performance.now()
    expect(await statusOf(patchbay, guessed)).toBe(429)
    expect(performance.now() - sentAt).toBeGreaterThan(450)
  })

  test('has its WebSockets closed with the code after which clients don’t retry', async () => {
    for (const token of [await guess(0, key.id), await guess(2, key.id), await guess(3, key.id)]) {
      const socket = await RawSocket.open(patchbay)
      socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })
      expect(await socket.closed).toBe(4429)
    }
  })

  test('gets the error on each operation of a WebSocket whose operations have their own tokens', async () => {
    const socket = await RawSocket.open(patchbay)
    socket.send({ type: 'connection_init' })
    await socket.message(({ type }) => type === 'connection_ack')
    const extensions = { headers: { authorization: `Bearer ${await guess(0, key.id)}` } }
    socket.send({ id: 'one', type: 'subscribe', payload: { query: TYPENAME, extensions } })
    const { payload } = await socket.message(({ id }) => id === 'one')
    expect(payload).toEqual([
      expect.objectContaining({
        extensions: { code: 'TOO_MANY_REQUESTS', limit: 'wrong-credentials', retryAfterSeconds: expect.any(Number) },
      }),
    ])
    socket.terminate()
  })

  test('keeps nobody there from using right ones, even those that come for the first time', async () => {
    expect(await statusOf(patchbay, key.key)).toBe(200)
    const { token } = await sessionFor(patchbay, key.key, { subject: 'sam', organization: 'hosted' })
    expect(await statusOf(patchbay, token)).toBe(200)
    expect(await statusOf(patchbay, await hostToken())).toBe(200)
    const socket = await RawSocket.open(patchbay)
    await socket.init(`Bearer ${key.key}`)
    expect(await socket.execute(TYPENAME)).toMatchObject({ payload: { data: {} } })
    socket.terminate()
  })

  test('doesn’t hide from others there that their own token has expired, was revoked or is missing', async ({
    expect,
  }) => {
    expect(await statusOf(patchbay, await hostToken({ lifetimeSeconds: -60 }))).toBe(401)
    const socket = await RawSocket.open(patchbay)
    await socket.init(`Bearer ${revoked.key}`)
    await revokeKey({ ...patchbay.database, notifier: SILENT }, revoked.id)
    await expect.poll(() => statusOf(patchbay, revoked.key)).toBe(401)
    socket.send({ id: 'late', type: 'subscribe', payload: { query: TYPENAME } })
    expect(await socket.closed).toBe(4403)
    const headers = { 'content-type': 'application/json' }
    expect((await send(patchbay, '/graphql', { headers, body: '{"query":"{ __typename }"}' })).status).toBe(401)
  })
})

// One after the other, because loading several databases at the same time takes longer than their waits.
describe('G21: wrong credentials', () => {
  const few = { PATCHBAY_WRONG_CREDENTIALS_PER_MINUTE: '2' }
  const wrong = () => guess(0, '')

  test('count for the client that a trusted proxy names, and for the proxy if it isn’t trusted', async () => {
    const from = async (patchbay: Patchbay, address: string) =>
      (await request(patchbay, await wrong(), { 'x-forwarded-for': `203.0.113.5, ${address}` })).status
    await using trusting = await startPatchbay({ ...few, PATCHBAY_TRUSTED_PROXIES: '127.0.0.1,::1' })
    for (const expected of [401, 401, 429]) expect(await from(trusting, '198.51.100.1')).toBe(expected)
    expect(await from(trusting, '198.51.100.2')).toBe(401)
    await using other = await startPatchbay(few)
    for (const expected of [401, 401, 429]) expect(await from(other, '198.51.100.1')).toBe(expected)
    expect(await from(other, '198.51.100.2')).toBe(429)
  })

  test('close WebSockets with 4403 until there are too many', async () => {
    await using patchbay = await startPatchbay(few)
    for (const code of [4403, 4403, 4429, 4429]) {
      const socket = await RawSocket.open(patchbay)
      socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${await wrong()}` } })
      expect(await socket.closed).toBe(code)
    }
  })

  test('don’t count if the limit is 0', async () => {
    await using patchbay = await startPatchbay({ PATCHBAY_WRONG_CREDENTIALS_PER_MINUTE: '0' })
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => (await request(patchbay, await wrong())).status),
    )
    expect(new Set(statuses)).toEqual(new Set([401]))
  })
})

describe('lookups of tokens', () => {
  test('share a statement with those that come while one is on its way', async () => {
    const asked: (readonly string[])[] = []
    let answer = () => {}
    const lookUp = createBatchedLookup(async (tokens) => {
      asked.push(tokens)
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return tokens.map((token) => token.toUpperCase())
    })
    const found = ['a', 'b', 'c'].map((token) => lookUp(token, false))
    expect(asked).toEqual([['a']])
    answer()
    expect(await found[0]).toBe('A')
    await vi.waitFor(() => expect(asked).toEqual([['a'], ['b', 'c']]))
    answer()
    expect(await Promise.all(found)).toEqual(['A', 'B', 'C'])
  })

  test('that fail fail for all who share them, and not for the next', async () => {
    let fails = true
    const lookUp = createBatchedLookup(async (tokens) => {
      if (fails) throw new Error('the database is away')
      return tokens
    })
    await expect(Promise.all([lookUp('a', false), lookUp('b', false)])).rejects.toThrow('the database is away')
    fails = false
    expect(await lookUp('a', false)).toBe('a')
  })

  test('that aren’t urgent wait for each other for a second, and not if the token was accepted before', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
    const asked: (readonly string[])[] = []
    const lookUp = createBatchedLookup(async (tokens) => {
      asked.push(tokens)
      return tokens
    })
    const tokens = new OpaqueTokens(lookUp)
    const patiently = () => true
    const found = ['a', 'b'].map((token) => tokens.find(token, patiently))
    vi.advanceTimersByTime(999)
    expect(asked).toEqual([])
    vi.advanceTimersByTime(1)
    expect(asked).toEqual([['a', 'b']])
    await Promise.all(found)
    expect([tokens.note('a', true), tokens.note('b', false)]).toEqual([false, false])
    vi.advanceTimersByTime(2_000)
    expect(await tokens.find('a', patiently)).toBe('a')
    void tokens.find('b', patiently)
    expect(asked).toEqual([['a', 'b'], ['a']])
    expect([tokens.note('a', false), tokens.note('a', false)]).toEqual([true, false])
    vi.useRealTimers()
  })
})
