import { expect, test } from 'vitest'
import { tokenMeaning } from '../../../src/outbound/connector-test/token-meaning.js'

const provider = {
  accessEndedErrors: ['bad_refresh_token'],
  clientAuthentication: 'client_secret_post' as const,
  tokenUrl: 'https://app.example/token',
}
const URI = 'https://connect.example/oauth/callback/app'

/** The provider, its status and body, and what they mean. Bodies are those in the providers' documentation. */
const ANSWERS: [string, number, unknown, ReturnType<typeof tokenMeaning>['status'], RegExp?][] = [
  ['RFC 6749', 400, { error: 'invalid_grant' }, 'ok'],
  [
    'Doorkeeper',
    400,
    {
      error: 'invalid_grant',
      error_description:
        'The provided authorization grant is invalid, does not match the redirection URI, or was issued to another client.',
    },
    'ok',
  ],
  [
    'GitHub',
    200,
    { error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' },
    'ok',
  ],
  ['Slack', 200, { ok: false, error: 'invalid_code' }, 'ok'],
  [
    'Meta',
    400,
    { error: { message: 'Invalid verification code format.', type: 'OAuthException', code: 100 } },
    'unknown',
  ],
  ['a form', 400, 'error=invalid_grant&error_description=no', 'ok'],
  ['plain text', 400, 'invalid_grant', 'ok'],

  ['RFC 6749', 401, { error: 'invalid_client' }, 'failed', /refuses the client.*set-credentials.*client_secret_post/],
  ['GitHub', 200, { error: 'incorrect_client_credentials' }, 'failed', /refuses the client/],
  ['Slack', 200, { ok: false, error: 'bad_client_secret' }, 'failed', /refuses the client/],
  ['Slack', 200, { ok: false, error: 'invalid_client_id' }, 'failed', /refuses the client/],
  [
    'Google',
    401,
    { error: 'invalid_client', error_description: 'The OAuth client was not found.' },
    'failed',
    /refuses the client/,
  ],
  [
    'Microsoft',
    400,
    { error: 'unauthorized_client', error_description: 'AADSTS700016' },
    'failed',
    /doesn’t know the client/,
  ],
  ['GitHub', 200, { error: 'redirect_uri_mismatch' }, 'failed', /Register exactly this.*oauth\/callback\/app/],
  ['Slack', 200, { ok: false, error: 'bad_redirect_uri' }, 'failed', /Register exactly this/],
  ['an odd one', 400, { error: 'invalid_request', error_description: 'Invalid redirect_uri' }, 'failed', /Register/],
  ['RFC 6749', 400, { error: 'unsupported_grant_type' }, 'failed', /tokenRequest/],
  ['a wrong path', 404, '<html>Not found</html>', 'failed', /page for people.*tokenUrl/],
  ['a wrong path', 404, { message: 'no such route' }, 'failed', /isn’t there.*tokenUrl/],
  ['a page', 200, '<!doctype html><title>Welcome</title>', 'failed', /page for people/],
  ['an outage', 503, { error: 'invalid_grant' }, 'failed', /out of order/],
  ['a limit', 429, '', 'failed', /out of order/],

  ['one that takes anything', 200, { access_token: 'fake', token_type: 'bearer' }, 'unknown', /doesn’t refuse/],
  ['one that says nothing', 400, '', 'unknown', /doesn’t clearly say why/],
  [
    'one that wants more',
    400,
    { error: 'invalid_request', error_description: 'missing version' },
    'unknown',
    /tokenRequest/,
  ],
  ['one that refuses without a reason', 401, {}, 'unknown'],
]

test.each(ANSWERS)(
  'the answer of %s with status %i and %j to a made-up code is understood',
  (_who, status, body, expected, words) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const meaning = tokenMeaning({ status, text, challenge: null }, provider, URI)
    expect(meaning.status).toBe(expected)
    if (words) expect(`${meaning.detail} ${meaning.change}`).toMatch(words)
    if (expected !== 'ok') expect(meaning.change).toBeTruthy()
  },
)

test('a challenge alone says that the client was refused', () => {
  const answer = { status: 401, text: '', challenge: 'Basic realm="token"' }
  expect(tokenMeaning(answer, provider, URI)).toMatchObject({ status: 'failed', detail: 'refuses the client' })
})
