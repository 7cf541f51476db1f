import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProviderSchema } from '../../src/domain/catalogue/provider.js'
import { DiscoveryError } from '../../src/domain/ports/discovery.js'
import { OAuthError, type Tokens } from '../../src/domain/ports/oauth-client.js'
import { createDiscover } from '../../src/outbound/discover.js'
import type { GuardedFetch } from '../../src/outbound/guarded-fetch.js'
import { createOAuthClient } from '../../src/outbound/oauth-client.js'
import { ReceivedResponse } from '../../src/outbound/received-response.js'
import { FUZZING, fuzz } from './fuzz.js'
import { changed, json, text } from './values.js'

const ISSUER = 'https://issuer.example'
const METADATA = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  userinfo_endpoint: `${ISSUER}/userinfo`,
  revocation_endpoint: `${ISSUER}/revoke`,
  token_endpoint_auth_methods_supported: ['client_secret_basic'],
  code_challenge_methods_supported: ['S256'],
}
const TOKENS = {
  access_token: 'an-access-token',
  token_type: 'Bearer',
  expires_in: 3600,
  refresh_token: 'a-refresh-token',
  scope: 'mail.read mail.send',
  id_token: 'e30.e30.',
}
const provider = ProviderSchema.parse({
  authorizationUrl: `${ISSUER}/authorize`,
  tokenUrl: `${ISSUER}/token`,
  revocationUrl: `${ISSUER}/revoke`,
  identity: { url: `${ISSUER}/me`, idPath: 'user.id', labelPaths: ['user.email', 'name'] },
})
const target = { provider, credentials: { clientId: 'id', clientSecret: 'secret' }, redirectUri: 'https://patchbay/' }

interface Answer {
  status: number
  contentType: string
  body: string
}

/** Answers of an app: mostly JSON that is nearly right, with any status and content type. */
function answersLike(document: object): fc.Arbitrary<Answer> {
  const form = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...Object.keys(document)), text), text)).map((pairs) => {
    return String(new URLSearchParams(pairs))
  })
  return fc.record({
    status: fc.constantFrom(200, 201, 202, 203, 204, 206, 299, 400, 401, 403, 404, 409, 418, 429, 500, 503),
    contentType: fc.constantFrom(
      'application/json',
      'text/plain',
      'text/html',
      'application/x-www-form-urlencoded',
      '',
    ),
    body: fc.oneof(
      { arbitrary: changed(document).map((value) => JSON.stringify(value) ?? ''), weight: 4 },
      json.map((value) => JSON.stringify(value)),
      form,
      text,
    ),
  })
}

/** Stands for the network. */
function answering({ status, contentType, body }: Answer): GuardedFetch {
  return async () => {
    const headers = new Headers(contentType === '' ? {} : { 'content-type': contentType })
    return new ReceivedResponse(Buffer.from(status === 204 ? '' : body), { status, headers })
  }
}

async function outcomeOf<T>(work: Promise<T>, expected: typeof OAuthError | typeof DiscoveryError) {
  return work.catch((error: unknown) => {
    expect(error).toBeInstanceOf(expected)
    return undefined
  })
}

test(
  'G23: whatever a token endpoint answers, there are tokens or an error that says what failed',
  FUZZING,
  async () => {
    await fuzz('token responses', answersLike(TOKENS), async (answer) => {
      const client = createOAuthClient(answering(answer), { allowInsecure: false })
      const work: Promise<Tokens>[] = [
        client.exchange(target, new URLSearchParams({ code: 'a-code', state: 'a-state' }), 'v'.repeat(43)),
        client.refresh(target, 'a-refresh-token', ['mail.read']),
      ]
      for (const tokens of await Promise.all(work.map((each) => outcomeOf(each, OAuthError)))) {
        if (!tokens) continue
        expect(tokens.accessToken).toEqual(expect.stringMatching(/./))
        expect(tokens.refreshToken).not.toBe('')
        const { expiresInSeconds } = tokens
        if (expiresInSeconds !== null) expect(Number.isFinite(expiresInSeconds) && expiresInSeconds > 0).toBe(true)
        expect(JSON.stringify(tokens.scope ?? '')).not.toContain('\\u0000')
      }
    })
  },
)

test(
  'G23: whatever an identity endpoint answers, there is an account or an error that says what failed',
  FUZZING,
  async () => {
    const identity = { user: { id: 'ada', email: 'ada@example.com' }, name: 'Ada' }
    await fuzz('identity responses', answersLike(identity), async (answer) => {
      const client = createOAuthClient(answering(answer), { allowInsecure: false })
      const identified = await outcomeOf(
        client.identify(provider, { accessToken: 'an-access-token', metadata: {} }),
        OAuthError,
      )
      const account = identified?.account
      if (!account) return
      expect(account.id).not.toBe('')
      expect(account.id).not.toMatch(/\p{Cc}/u)
      expect(account.label ?? '').not.toMatch(/\p{Cc}/u)
    })
  },
)

test('G23: whatever a revocation endpoint answers, it is done or there is an error', FUZZING, async () => {
  await fuzz('revocation responses', answersLike({ error: 'unsupported_token_type' }), async (answer) => {
    const client = createOAuthClient(answering(answer), { allowInsecure: false })
    await outcomeOf(client.revoke(target, { accessToken: 'a', refreshToken: 'b' }), OAuthError)
  })
})

test('G23: whatever a discovery document says, it is read or refused', FUZZING, async () => {
  await fuzz('discovery documents', answersLike(METADATA), async (answer) => {
    const discover = createDiscover(answering(answer), { allowInsecure: false })
    const found = await outcomeOf(discover(ISSUER), DiscoveryError)
    if (found) expect(found.issuer).toBe(ISSUER)
  })
})
