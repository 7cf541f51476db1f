import { describe, expect, test } from 'vitest'
import type * as z from 'zod'
import { type Provider, ProviderSchema } from '../../../src/domain/catalogue/provider.js'
import { OAuthError } from '../../../src/domain/ports/oauth-client.js'
import { readTokenAnswer } from '../../../src/outbound/token-endpoint/read-answer.js'

type Settings = Partial<z.input<typeof ProviderSchema>>

const providerWith = (settings: Settings = {}): Provider =>
  ProviderSchema.parse({
    authorizationUrl: 'https://app.example/authorize',
    tokenUrl: 'https://app.example/token',
    ...settings,
  })

const GOOD = { access_token: 'an-access-token', token_type: 'Bearer', expires_in: 3_600 }

/** What an exchange reads from this body, or the code of its error. */
function exchanged(body: unknown, { status = 200, ...settings }: Settings & { status?: number } = {}) {
  return read(body, status, settings, 'authorization_code')
}

/** The same for a refresh. */
function refreshed(body: unknown, { status = 200, ...settings }: Settings & { status?: number } = {}) {
  return read(body, status, settings, 'refresh_token')
}

function read(body: unknown, status: number, settings: Settings, grant: 'authorization_code' | 'refresh_token') {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = { host: 'app.example', status, text, challenge: null, retryAfterMs: null }
  try {
    return readTokenAnswer(answer, providerWith(settings), { grant, secrets: [] }).members
  } catch (error) {
    if (error instanceof OAuthError) return error.code
    throw error
  }
}

const TOKEN = { access_token: 'an-access-token', token_type: 'bearer' }

describe('O28: an optional member without a value counts as absent', () => {
  const nothing = [null, '', '  ', false, [], 'null', 'undefined']
  const members = ['refresh_token', 'expires_in', 'scope', 'id_token', 'error'] as const
  test.each(members.flatMap((name) => nothing.map((value) => [name, value] as const)))('%s: %j', (name, value) => {
    const body = { access_token: 'an-access-token', token_type: 'Bearer', [name]: value }
    expect(exchanged(body)).toEqual(TOKEN)
    expect(refreshed(body)).toEqual(TOKEN)
  })
})

describe('O28, O20: lifetimes', () => {
  test.each<[unknown, number]>([
    [3_600, 3_600],
    ['3600', 3_600],
    [' 3600 ', 3_600],
    ['3600.0', 3_600],
    ['3599.7', 3_599],
    [3_599.7, 3_599],
    [1, 1],
    [315_360_000, 315_360_000],
    [315_705_599, 315_360_000],
    ['315705599', 315_360_000],
    [Number.MAX_SAFE_INTEGER, 315_360_000],
  ])('expires_in %j lasts %i seconds', (expires_in, seconds) => {
    expect(exchanged({ ...GOOD, expires_in })).toMatchObject({ expires_in: seconds })
    expect(refreshed({ ...GOOD, expires_in })).toMatchObject({ expires_in: seconds })
  })

  test.each<unknown>([0, '0', -5, '-5', 0.4, 1e308, '1e308', 2 ** 53, 'soon', '3600s', true, {}, [3_600]])(
    'expires_in %j is refused after consent, and left out when a refresh may have replaced the tokens',
    (expires_in) => {
      expect(exchanged({ ...GOOD, expires_in })).toBe('INVALID_TOKEN_RESPONSE')
      expect(refreshed({ ...GOOD, expires_in })).toEqual(TOKEN)
    },
  )

  test.each([0, '0', '0.0'])('expires_in %j is unknown where the provider’s data says so', (expires_in) => {
    const settings = { tokenResponse: { zeroExpiresIn: 'unknown' } } as const
    expect(exchanged({ ...GOOD, expires_in }, settings)).toEqual(TOKEN)
    expect(exchanged({ ...GOOD, expires_in: -1 }, settings)).toBe('INVALID_TOKEN_RESPONSE')
  })
})

describe('O28: scopes in any form', () => {
  test.each<[string, unknown, string | undefined, Settings?]>([
    ['text', 'read write', 'read write'],
    ['a list', ['read', 'write'], 'read write'],
    ['a list within a list', [['read'], 'write'], 'read write'],
    ['a list with nothing in it', ['read', null, ''], 'read'],
    ['a list of lists of scopes', ['read write', 'send'], 'read write send'],
    ['an empty list', [], undefined],
    ['commas and spaces', 'read, write,send', 'read write send'],
    ['the same scope twice', 'read read write', 'read write'],
    ['spaces around them', '  read\twrite\n', 'read write'],
    ['the provider’s separator', 'read|write', 'read write', { scopeSeparator: '|' }],
    ['only separators', ' , ', undefined],
  ])('%s', (_what, scope, expected, settings) => {
    const tokens = { ...TOKEN, expires_in: 3_600, ...(expected && { scope: expected }) }
    expect(exchanged({ ...GOOD, scope }, settings)).toEqual(tokens)
    expect(refreshed({ ...GOOD, scope }, settings)).toEqual(tokens)
  })

  test.each<unknown>([7, true, {}, { read: true }, [{ name: 'read' }], 'a\0b', ['a\u001bb']])(
    'O20: %j names no scopes: refused after consent, left out of a refresh',
    (scope) => {
      expect(exchanged({ ...GOOD, scope })).toBe('INVALID_TOKEN_RESPONSE')
      expect(refreshed({ ...GOOD, scope })).toEqual({ ...TOKEN, expires_in: 3_600 })
    },
  )
})

describe('O28, O20: token types', () => {
  test.each<unknown>([undefined, null, '', 'Bearer', 'BEARER', ' bearer ', 'user', 'Bot', 'JWT', 7, {}, ['Bearer']])(
    '%j is a Bearer token',
    (token_type) => {
      expect(exchanged({ ...GOOD, token_type })).toMatchObject(TOKEN)
    },
  )
  test.each<unknown>(['mac', 'MAC', ' Mac ', 'mac-sha-256', 'dpop', 'DPoP', 'pop', ['Bearer', 'DPoP']])(
    '%j is refused, because such a token needs a key',
    (token_type) => {
      expect(exchanged({ ...GOOD, token_type })).toBe('INVALID_TOKEN_RESPONSE')
      expect(refreshed({ ...GOOD, token_type })).toBe('INVALID_TOKEN_RESPONSE')
    },
  )
})

describe('O28: any status of success, and any body with the tokens', () => {
  test.each([200, 201, 202, 203, 206])('status %i', (status) => {
    expect(exchanged(GOOD, { status })).toMatchObject(TOKEN)
  })
  test.each<[string, string, Settings?]>([
    ['a form', 'access_token=an-access-token&token_type=bearer'],
    ['a form with an escape', 'access_token=an%2Daccess%2Dtoken'],
    ['a byte order mark', `\ufeff${JSON.stringify(GOOD)}`],
    ['white space around it', `\r\n\t ${JSON.stringify(GOOD)} \n`],
    ['JSON within JSON', JSON.stringify(JSON.stringify(GOOD))],
    ['a list of one', JSON.stringify([GOOD])],
    ['nested', JSON.stringify({ data: GOOD }), { tokensAt: 'data' }],
    ['nested twice', JSON.stringify({ data: { token: GOOD } }), { tokensAt: 'data.token' }],
    ['no nested ones after all', JSON.stringify(GOOD), { tokensAt: 'data' }],
    ['its own names', '{"token":"an-access-token"}', { tokenResponse: { renamed: { access_token: 'token' } } }],
    [
      'its own names, nested',
      '{"auth":{"token":"an-access-token"}}',
      { tokenResponse: { renamed: { access_token: 'auth.token' } } },
    ],
    ['members that say that there is no error', JSON.stringify({ ...GOOD, error: null, errors: [], ok: true })],
    ['an error code of zero', JSON.stringify({ ...GOOD, error: 0, errcode: 0 })],
  ])('%s', (_what, text, settings) => {
    expect(exchanged(text, settings)).toMatchObject(TOKEN)
  })
  test('a lifetime under the provider’s own name', () => {
    const settings = { tokenResponse: { renamed: { expires_in: 'expires' } } }
    expect(exchanged('access_token=an-access-token&expires=86400', settings)).toEqual({ ...TOKEN, expires_in: 86_400 })
  })
  test('a token beside nested ones is another one', () => {
    const body = { access_token: 'of-the-bot', scope: 'commands', authed_user: { id: 'U1' } }
    expect(exchanged(body, { tokensAt: 'authed_user' })).toBe('INVALID_TOKEN_RESPONSE')
  })
  test.each<[string, string]>([
    ['nothing', ''],
    ['HTML', '<h1>Welcome</h1>'],
    ['an empty list', '[]'],
    ['a list of two', JSON.stringify([GOOD, GOOD])],
    ['null', 'null'],
    ['a number', '7'],
    ['a sentence', 'access_token is missing = sorry'],
    ['an empty token', JSON.stringify({ ...GOOD, access_token: '' })],
    ['a token that is a number', JSON.stringify({ ...GOOD, access_token: 7 })],
    ['a token that would end a header', JSON.stringify({ ...GOOD, access_token: 'a\r\nset-cookie: b' })],
  ])('O20: %s has no token', (_what, text) => {
    expect(exchanged(text)).toBe('INVALID_TOKEN_RESPONSE')
    expect(refreshed(text)).toBe('INVALID_TOKEN_RESPONSE')
  })
  test('O20: a refresh token that is an object is refused after consent', () => {
    expect(exchanged({ ...GOOD, refresh_token: {} })).toBe('INVALID_TOKEN_RESPONSE')
  })
})
