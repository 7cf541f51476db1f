import { describe, expect, test } from 'vitest'
import type { Provider } from '../../src/domain/catalogue/provider.js'
import { apiAccessOf } from '../../src/domain/token/api-access.js'
import { assertRequired, metadataIn } from '../../src/outbound/metadata.js'
import { tokenServerIn, urlAtServer } from '../../src/outbound/token-server.js'
import { providerCatalogue } from '../../src/providers/catalogue.js'

const SECURE = { allowInsecure: false }

/** Hosts that someone could send in place of the app's own, by what the provider allows. */
function foreign(hosts: readonly string[]): string[] {
  const evil = hosts.flatMap((host) => {
    const own = host.startsWith('.') ? `acme${host}` : host
    const bare = host.replace(/^\./, '')
    return [
      `${own}.evil.example`,
      `evil-${bare.replaceAll('.', '-')}.example`,
      `evil.example/${own}`,
      `evil.example#${own}`,
      `evil.example?${own}`,
      `evil.example\\.${bare}`,
      `${own}@evil.example`,
      `user:password@${own}`,
      `${own}:8443`,
      `evil.example%2f${own}`,
    ]
  })
  return ['evil.example', '127.0.0.1', '[::1]', '169.254.169.254', ...evil]
}

const allowed = ([host = '']: readonly string[]) => (host.startsWith('.') ? `https://acme${host}` : `https://${host}`)
/** What a response or a callback says, with this value at a path. */
function said(path: string, value: string): unknown {
  return path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
}

const all = providerCatalogue.slugs().map((slug) => ({ slug, provider: providerCatalogue.get(slug) as Provider }))
const values = all.flatMap(({ slug, provider }) =>
  Object.entries(provider.metadata).flatMap(([name, value]) =>
    value.hosts ? [{ slug, provider, name, ...value, hosts: value.hosts }] : [],
  ),
)
const servers = all.flatMap(({ slug, provider }) =>
  provider.tokenServer ? [{ slug, provider, ...provider.tokenServer }] : [],
)

test('there are providers that take hosts from answers', () => {
  expect(values.length).toBeGreaterThan(15)
  expect(servers.length).toBeGreaterThan(4)
})

describe('O29: a host that an answer names counts only under the declared ones', () => {
  test.each(values)('$slug: $name from $from', ({ provider, name, from, path, hosts, required }) => {
    const found = (value: string) => metadataIn(said(path, value), from, provider, SECURE)
    const own = allowed(hosts)
    expect(found(own)[name]).toBe(own)
    const callers = [provider.identity, provider.lookup].filter((call) => call?.serverFrom === name)
    for (const call of callers) {
      const { url, serverFrom } = { serverFrom: null, ...call, url: call?.url ?? '' }
      expect(new URL(urlAtServer({ url, serverFrom }, provider, { [name]: own }, SECURE)).origin).toBe(own)
    }
    for (const host of foreign(hosts)) {
      for (const value of [`https://${host}`, host, `http://${host}`, `//${host}`]) {
        const metadata = found(value)
        expect(metadata, value).toEqual({})
        if (required) expect(() => assertRequired(provider, metadata)).toThrow()
        const { baseUrl } = apiAccessOf(provider, metadata)
        expect(baseUrl ?? '').not.toContain('evil')
        // A value that was stored under other settings.
        for (const call of callers) {
          const at = { url: call?.url ?? '', serverFrom: name }
          expect(() => urlAtServer(at, provider, { [name]: value }, SECURE), value).toThrow()
        }
      }
    }
  })

  test.each(servers)('$slug: the token server in $parameter', ({ provider, parameter, hosts }) => {
    const named = (value: string) => tokenServerIn(new URLSearchParams({ [parameter]: value }), provider, SECURE)
    for (const host of hosts) expect(named(`https://${host}`)).toBe(`https://${host}`)
    for (const host of foreign(hosts)) {
      for (const value of [`https://${host}`, host, `http://${host}`, `//${host}`]) {
        expect(() => named(value), value).toThrow()
      }
    }
  })
})
