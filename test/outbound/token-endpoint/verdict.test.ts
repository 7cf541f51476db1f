import { describe, expect, test } from 'vitest'
import { ProviderSchema } from '../../../src/domain/catalogue/provider.js'
import { OAuthError } from '../../../src/domain/ports/oauth-client.js'
import { readTokenAnswer } from '../../../src/outbound/token-endpoint/read-answer.js'

interface Said {
  status?: number
  challenge?: string
  retryAfterMs?: number
  accessEndedErrors?: string[]
}

/** What a refresh that is answered with this throws. */
function refusalOf(body: unknown, { status = 400, challenge, retryAfterMs, accessEndedErrors = [] }: Said = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const provider = ProviderSchema.parse({
    authorizationUrl: 'https://app.example/authorize',
    tokenUrl: 'https://app.example/token',
    accessEndedErrors,
  })
  const answer = { host: 'app.example', status, text, challenge: challenge ?? null, retryAfterMs: retryAfterMs ?? null }
  try {
    readTokenAnswer(answer, provider, { grant: 'refresh_token', secrets: ['the-sent-refresh-token'] })
  } catch (error) {
    if (error instanceof OAuthError) return error
    throw error
  }
  return expect.unreachable('it was accepted')
}

const PAGE = '<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>'

describe('R10: a dead grant, said clearly', () => {
  test.each<[string, unknown, Said?]>([
    ['the standard', { error: 'invalid_grant' }],
    ['in capitals', { error: 'INVALID_GRANT' }],
    ['on 401', { error: 'invalid_grant' }, { status: 401, challenge: 'Bearer realm="x"' }],
    ['on 403', { error: 'invalid_grant' }, { status: 403 }],
    ['on 200', { error: 'invalid_grant' }, { status: 200 }],
    ['as a form', 'error=invalid_grant&error_description=gone'],
    ['as plain text', 'invalid_grant'],
    ['as the beginning of plain text', 'invalid_grant: Token has been revoked'],
    ['within a page', '<html><body><h1>Error</h1><p>invalid_grant</p></body></html>'],
    ['within a text of its own', 'Refreshing failed (invalid_grant).'],
    ['in a list', { errors: ['invalid_grant - revoked'] }],
    ['in a list of objects', { errors: [{ code: 'invalid_grant', message: 'gone' }] }],
    ['nested as code', { error: { code: 'invalid_grant', message: 'gone' } }],
    ['nested as type', { error: { type: 'invalid_grant' } }],
    ['nested twice', { error: { error: { code: 'INVALID_GRANT' } } }],
    ['as status', { status: 'BAD_REFRESH_TOKEN', message: 'missing or unknown refresh token' }],
    ['as error_code', { error_code: 'invalid_refresh_token' }],
    ['as errorCode', { errorCode: 'invalid_grant' }],
    ['as code', { code: 'REFRESH_TOKEN_EXPIRED' }],
    ['in camel case', { code: 'InvalidRefreshToken' }],
    ['as a message', { message: 'Invalid refresh token.' }],
    ['on 200 as bad_refresh_token', { error: 'bad_refresh_token' }, { status: 200 }],
    ['on 200 without ok', { ok: false, error: 'invalid_refresh_token' }, { status: 200 }],
    ['in the challenge', '', { status: 401, challenge: 'Bearer error="invalid_grant"' }],
    ['on 200 as status', { status: 'BAD_REFRESH_TOKEN' }, { status: 200 }],
    ['on 200 as plain text', 'invalid_grant', { status: 200 }],
    [
      'on 200 as the provider’s errcode',
      { errcode: 40_030, errmsg: 'no' },
      { status: 200, accessEndedErrors: ['40030'] },
    ],
    ['with a byte order mark', `\ufeff{"error":"invalid_grant"}`],
    ['in the provider’s words', { error: 'token_gone' }, { accessEndedErrors: ['token_gone'] }],
    ['as the provider’s number', { error: { code: 190, type: 'OAuthException' } }, { accessEndedErrors: ['190'] }],
    [
      'as the provider’s alias of a client error',
      { error: 'unauthorized_client' },
      { accessEndedErrors: ['unauthorized_client'] },
    ],
  ])('%s', (_what, body, said) => {
    expect(refusalOf(body, said)).toMatchObject({ code: 'APP_REFUSED', verdict: 'ACCESS_ENDED', unread: null })
  })
})

describe('R10: a refusal that doesn’t say why', () => {
  test.each<[string, unknown, Said?]>([
    ['plain text', 'Bad request'],
    ['Meta’s error without data', { error: { message: 'expired', code: 190, type: 'OAuthException' } }],
    ['404', { message: 'not found' }, { status: 404 }],
    ['404 without a body', '', { status: 404 }],
    ['401 without a body', '', { status: 401 }],
    ['401 invalid_token', { error: 'invalid_token' }, { status: 401 }],
    ['401 with a challenge', '', { status: 401, challenge: 'Bearer error="invalid_token"' }],
    ['403', { error: 'access_denied' }, { status: 403 }],
    ['400 without a body', ''],
    ['invalid_request', { error: 'invalid_request' }],
    ['200 without a token', { nothing: true }, { status: 200 }],
    ['200 without anything', '', { status: 200 }],
    ['200 with an unknown error', { error: 'sorry' }, { status: 200 }],
    ['200 with success false', { success: false, message: 'no' }, { status: 200 }],
    ['200 that repeats the old refresh token', { refresh_token: 'the-sent-refresh-token' }, { status: 200 }],
  ])('%s', (_what, body, said) => {
    expect(refusalOf(body, said)).toMatchObject({ verdict: 'REFUSED', unread: null })
  })
})

describe('R6: a refused client', () => {
  test.each<[string, unknown, Said?]>([
    ['invalid_client', { error: 'invalid_client' }, { status: 401 }],
    [
      'unauthorized_client',
      { error: 'unauthorized_client', error_description: 'refresh_token is invalid' },
      { status: 403 },
    ],
    ['GitHub’s', { error: 'incorrect_client_credentials' }, { status: 200 }],
    ['Slack’s', { ok: false, error: 'bad_client_secret' }, { status: 200 }],
    ['in the challenge', '', { status: 401, challenge: 'Basic realm="x", error="invalid_client"' }],
    ['a refused kind of grant', { error: 'unsupported_grant_type' }],
    ['a refused scope', { error: 'invalid_scope' }],
    ['that also names the grant', { error: 'invalid_client', error_description: 'not invalid_grant' }],
  ])('%s', (_what, body, said) => {
    expect(refusalOf(body, said)).toMatchObject({ code: 'APP_REFUSED', verdict: 'CLIENT_REFUSED' })
  })
})

describe('R4: an outage', () => {
  test.each<[string, unknown, Said?]>([
    ['500 with invalid_grant', { error: 'invalid_grant' }, { status: 500 }],
    ['502', PAGE, { status: 502 }],
    ['503', '', { status: 503 }],
    ['429', { error: 'invalid_grant' }, { status: 429 }],
    ['408', '', { status: 408 }],
    ['a proxy’s page on 400', PAGE],
    ['a proxy’s page on 401', PAGE, { status: 401 }],
    ['a proxy’s page on 403', PAGE, { status: 403 }],
    ['a proxy’s page on 404', PAGE, { status: 404 }],
    ['a proxy’s page on 200', PAGE, { status: 200 }],
    ['a page without a doctype', '\n <p>Maintenance</p>', { status: 404 }],
    ['400 temporarily_unavailable', { error: 'temporarily_unavailable' }],
    [
      '400 that mentions a dead grant too',
      { error: 'temporarily_unavailable', error_description: 'not invalid_grant' },
    ],
    ['200 ratelimited', { ok: false, error: 'ratelimited' }, { status: 200 }],
    ['403 with Retry-After', { message: 'secondary rate limit' }, { status: 403, retryAfterMs: 60_000 }],
  ])('%s', (_what, body, said) => {
    expect(refusalOf(body, said)).toMatchObject({ verdict: null, unread: null })
  })
})

describe('what an app says about its refusal', () => {
  test.each<[string, unknown, Said, object]>([
    [
      'in the standard’s members',
      { error: 'invalid_client', error_description: 'Bad\n secret' },
      { status: 401 },
      { status: 401, code: 'invalid_client', description: 'Bad secret' },
    ],
    ['nested', { error: { code: 190, message: 'Expired' } }, {}, { status: 400, code: '190', description: 'Expired' }],
    [
      'in the challenge',
      '',
      { status: 401, challenge: 'Bearer error="invalid_token", error_description="Gone"' },
      { status: 401, code: 'invalid_token', description: 'Gone' },
    ],
    ['as text', 'No such client', {}, { status: 400, code: null, description: 'No such client' }],
    ['in a page', PAGE, {}, { status: 400, code: null, description: null }],
    [
      'with what was sent',
      { error: 'x', error_description: 'the-sent-refresh-token is bad' },
      {},
      { status: 400, code: 'x', description: '… is bad' },
    ],
    [
      'with a token',
      { error: 'x', error_description: `got ${'a1'.repeat(30)}` },
      {},
      { status: 400, code: 'x', description: 'got …' },
    ],
    [
      'in a description that isn’t text',
      { error: 'x', error_description: null },
      {},
      { status: 400, code: 'x', description: null },
    ],
  ])('%s', (_what, body, said, expected) => {
    expect(refusalOf(body, said).reported).toEqual({ host: 'app.example', ...expected })
  })
  test('is bounded', () => {
    const { reported } = refusalOf({ error: 'x', error_description: 'very long '.repeat(1_000) })
    expect(reported?.description?.length).toBeLessThanOrEqual(300)
  })
})

describe('R9: a response to a refresh that has tokens and can’t be used', () => {
  test.each<[string, unknown, { accessToken: string | null; refreshToken: string | null }]>([
    [
      'a type that needs a key',
      { access_token: 'a1', token_type: 'DPoP', refresh_token: 'r1' },
      { accessToken: 'a1', refreshToken: 'r1' },
    ],
    [
      'nested where no one looks',
      { result: { AccessToken: 'a1', 'refresh-token': 'r1' } },
      { accessToken: 'a1', refreshToken: 'r1' },
    ],
    [
      'cut off in the middle',
      '{"refresh_token":"r\\u0031","access_token":"a1","scope":"re',
      { accessToken: 'a1', refreshToken: 'r1' },
    ],
    ['a refresh token alone', { refresh_token: 'r1' }, { accessToken: null, refreshToken: 'r1' }],
    [
      'an access token that is a number',
      { access_token: 7, refresh_token: 'r1' },
      { accessToken: null, refreshToken: 'r1' },
    ],
    [
      'an error too',
      { error: 'sorry', access_token: 'a1', refresh_token: 'r1' },
      { accessToken: 'a1', refreshToken: 'r1' },
    ],
  ])('%s', (_what, body, tokens) => {
    const error = refusalOf(body, { status: 200 })
    expect(error.unread?.tokens).toEqual(tokens)
    expect(error.verdict === null || error.verdict === 'REFUSED').toBe(true)
    expect(JSON.stringify(error)).not.toContain('r1')
  })
})
