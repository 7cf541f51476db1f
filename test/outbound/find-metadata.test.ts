import { expect, test } from 'vitest'
import { ProviderSchema } from '../../src/domain/catalogue/provider.js'
import { DiscoveryError } from '../../src/domain/ports/discovery.js'
import type { NetworkReason } from '../../src/domain/ports/network-failure.js'
import { OAuthError } from '../../src/domain/ports/oauth-client.js'
import { createDiscover } from '../../src/outbound/discover.js'
import { GuardedFetchError } from '../../src/outbound/guarded-fetch.js'
import { createOAuthClient } from '../../src/outbound/oauth-client.js'

const ORIGIN = 'https://id.example'
const APPENDED = '/.well-known/openid-configuration'
const metadataOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${ORIGIN}/authorize`,
  token_endpoint: `${ORIGIN}/token`,
})

/** Discovers an issuer whose server returns these at its paths, and 404 elsewhere. */
async function discover(issuer: string, at: Record<string, object | string | number | NetworkReason>, options = {}) {
  const asked: string[] = []
  const found = createDiscover(
    async (url) => {
      const { pathname } = new URL(url)
      asked.push(pathname)
      const sent = at[pathname] ?? 404
      if (typeof sent === 'number') return new Response('', { status: sent })
      if (typeof sent === 'object') return Response.json(sent)
      if (/^[A-Z_]+$/.test(sent)) throw new GuardedFetchError(sent as NetworkReason, new URL(url).host)
      return new Response(sent)
    },
    { allowInsecure: false },
  )(issuer, options)
  return { asked, outcome: await found.catch((error: unknown) => error) }
}

test.each([
  ['appended, as OpenID Connect says', `${ORIGIN}/t1`, `/t1${APPENDED}`, `${ORIGIN}/t1`],
  ['inserted, as RFC 8414 says', `${ORIGIN}/t1`, '/.well-known/oauth-authorization-server/t1', `${ORIGIN}/t1`],
  ['inserted, with the name of OpenID Connect', `${ORIGIN}/t1`, `${APPENDED}/t1`, `${ORIGIN}/t1`],
  ['appended, with the name of RFC 8414', `${ORIGIN}/t1`, '/t1/.well-known/oauth-authorization-server', `${ORIGIN}/t1`],
  ['of an issuer without a path', ORIGIN, '/.well-known/oauth-authorization-server', ORIGIN],
  ['of an issuer with a final slash', `${ORIGIN}/t1/`, `/t1${APPENDED}`, `${ORIGIN}/t1/`],
  ['whose issuer has a final slash, and the operator’s has none', `${ORIGIN}/t1`, `/t1${APPENDED}`, `${ORIGIN}/t1/`],
  ['whose issuer has no final slash, and the operator’s has one', `${ORIGIN}/t1/`, `/t1${APPENDED}`, `${ORIGIN}/t1`],
  ['of an origin with a final slash', `${ORIGIN}/`, APPENDED, ORIGIN],
])(
  'O10: metadata that is %s is found, and the callback’s iss is compared with its issuer',
  async (_n, issuer, path, said) => {
    const { outcome } = await discover(issuer, { [path]: metadataOf(said) })
    expect(outcome).toMatchObject({ tokenUrl: `${ORIGIN}/token`, issuer: said })
  },
)

test.each<[string, object | string | number | NetworkReason, RegExp]>([
  ['404', 404, /openid-configuration returned 404, .*oauth-authorization-server\/t1 returned 404.* oauth2 instead\.$/],
  ['500', 500, /returned 500/],
  ['a page', '<h1>Hello</h1>', /returned something that isn’t a JSON object/],
  ['a list', [], /returned something that isn’t a JSON object/],
  ['null', 'null', /returned something that isn’t a JSON object/],
  ['a redirect', 'REDIRECTED', /returned a redirect.*Pass the issuer that the address redirects to\.$/],
  ['too much', 'TOO_LARGE', /returned more than 256 KB/],
  [
    'an address that isn’t allowed',
    'PRIVATE_ADDRESS',
    /PRIVATE_ADDRESS.*PATCHBAY_PRIVATE_NETWORKS.*pass a public issuer\.$/,
  ],
  ['no response', 'UNREACHABLE', /UNREACHABLE/],
  ['no issuer', { token_endpoint: 'x' }, /returned metadata without an issuer/],
  [
    'another issuer',
    metadataOf('https://evil.example'),
    /of the issuer https:\/\/evil.example, .*pass it as the issuer\.$/,
  ],
  ['a longer issuer', metadataOf(`${ORIGIN}/t1/x`), /of the issuer https:\/\/id.example\/t1\/x/],
  ['another path', metadataOf(`${ORIGIN}/t2`), /of the issuer https:\/\/id.example\/t2/],
  ['another protocol', metadataOf('http://id.example/t1'), /of the issuer http:/],
  ['user information', metadataOf('https://id.example@evil.example/t1'), /of the issuer/],
  ['a tenant’s placeholder', metadataOf(`${ORIGIN}/{tenantid}`), /set issuerTemplate to that in settings\.$/],
])(
  'O10: a discovery that gets %s is refused, and says what was asked, what came and what to change',
  async (_n, sent, words) => {
    const { outcome, asked } = await discover(`${ORIGIN}/t1`, { [`/t1${APPENDED}`]: sent })
    expect(outcome).toBeInstanceOf(DiscoveryError)
    expect((outcome as Error).message).toMatch(words)
    expect((outcome as Error).message).toContain(`${ORIGIN}/t1${APPENDED}`)
    const isFinal = typeof sent === 'string' && /PRIVATE|UNREACH/.test(sent)
    expect(asked).toHaveLength(isFinal ? 1 : 4)
  },
)

test.each([['?a=b'], ['#a']])('O10: an issuer with %s is refused before anything is asked', async (more) => {
  const { outcome, asked } = await discover(`${ORIGIN}${more}`, {})
  expect([outcome, asked]).toEqual([expect.any(DiscoveryError), []])
})

const issuerTemplate = `${ORIGIN}/{tenantid}/v2.0`
const common = `${ORIGIN}/common/v2.0`

test('O10: metadata with a tenant’s placeholder is accepted if provider data has exactly that template', async () => {
  const path = `/common/v2.0${APPENDED}`
  const at = { [path]: metadataOf(issuerTemplate) }
  expect((await discover(common, at, { issuerTemplate })).outcome).toMatchObject({ issuer: null, issuerTemplate })
  expect((await discover(common, at)).outcome).toBeInstanceOf(DiscoveryError)
  const another = `${ORIGIN}/{tenantid}/v1.0`
  expect((await discover(common, at, { issuerTemplate: another })).outcome).toBeInstanceOf(DiscoveryError)
  const evil = 'https://evil.example/{tenantid}/v2.0'
  const taken = await discover(common, { [path]: metadataOf(evil) }, { issuerTemplate: evil })
  expect(taken.outcome).toBeInstanceOf(DiscoveryError)
  const plain = await discover(common, { [path]: metadataOf(common) }, { issuerTemplate })
  expect(plain.outcome).toMatchObject({ issuer: common })
})

const client = createOAuthClient(() => Promise.reject(new Error('nothing is fetched')), { allowInsecure: false })

test.each([
  ['a tenant’s', `${ORIGIN}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0`, {}, null],
  ['another host’s', 'https://evil.example/9188040d/v2.0', {}, 'ISSUER_MISMATCH'],
  ['a longer', `${ORIGIN}/a/b/v2.0`, {}, 'ISSUER_MISMATCH'],
  ['an encoded', `${ORIGIN}/a%2Fb/v2.0`, {}, 'ISSUER_MISMATCH'],
  ['an empty tenant’s', `${ORIGIN}//v2.0`, {}, 'ISSUER_MISMATCH'],
  ['the placeholder’s', issuerTemplate, {}, 'ISSUER_MISMATCH'],
  ['another version’s', `${ORIGIN}/9188040d/v1.0`, {}, 'ISSUER_MISMATCH'],
  ['a shorter', `${ORIGIN}/v2.0`, {}, 'ISSUER_MISMATCH'],
  ['an empty', '', {}, 'ISSUER_MISMATCH'],
  ['no', undefined, {}, null],
  ['no', undefined, { requiresIssuer: true }, 'ISSUER_MISMATCH'],
])('O10: with a template, a callback with %s iss (%j, %j) ends as %s', (_name, iss, settings, code) => {
  const urls = { authorizationUrl: `${ORIGIN}/authorize`, tokenUrl: `${ORIGIN}/token` }
  const provider = ProviderSchema.parse({ ...urls, issuerTemplate, ...settings })
  const target = {
    provider,
    credentials: { clientId: 'a', clientSecret: 'b' },
    redirectUri: 'https://patchbay.example',
  }
  const parameters = new URLSearchParams({ code: 'a-code', state: 'a-state', ...(iss !== undefined && { iss }) })
  const check = () => client.checkCallback(target, parameters)
  if (code === null) expect(check()).toBeUndefined()
  else expect(check).toThrow(expect.objectContaining({ name: OAuthError.name, code }))
})

test.each([
  ['https://id.example/common'],
  ['https://{tenantid}.example/v2.0'],
  ['https://id.example/{tenantid}/{tenantid}'],
  ['https://id.example/{tenant}/v2.0'],
  ['https://id.example/x?y={tenantid}'],
  ['https://id.example/a{tenantid}b/v2.0'],
])('O10: the template %s is refused when it is configured', (template) => {
  const urls = { authorizationUrl: `${ORIGIN}/authorize`, tokenUrl: `${ORIGIN}/token` }
  expect(ProviderSchema.safeParse({ ...urls, issuerTemplate: template }).success).toBe(false)
})
