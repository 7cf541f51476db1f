import { describe, expect, test } from 'vitest'
import type * as z from 'zod'
import { ProviderSchema } from '../../../src/domain/catalogue/provider.js'
import { grantedScopes, missingScopes } from '../../../src/domain/catalogue/scopes.js'
import { providerCatalogue } from '../../../src/providers/catalogue.js'

const providerWith = (settings: Partial<z.input<typeof ProviderSchema>>) =>
  ProviderSchema.parse({ authorizationUrl: 'https://a.example/', tokenUrl: 'https://a.example/token', ...settings })

function providerOf(slug: string) {
  const provider = providerCatalogue.get(slug)
  if (!provider) throw new Error(`the catalogue has no ${slug}`)
  return provider
}

describe('O21: a scope is granted under any of its names', () => {
  const long = 'https://graph.microsoft.com/Calendars.ReadWrite'
  test.each<[string, string, string]>([
    ['the short name in the manifest, the long one in the response', 'Calendars.ReadWrite', long],
    ['the long name in the manifest, the short one in the response', long, 'Calendars.ReadWrite'],
    ['another case', 'user.read', 'User.Read'],
    ['another case of the prefix', 'HTTPS://GRAPH.microsoft.com/User.Read', 'user.read'],
    ['both', 'calendars.readwrite', long],
  ])('Microsoft, %s', (_what, asked, reported) => {
    const microsoft = providerOf('microsoft')
    const granted = grantedScopes(microsoft, `openid ${reported}`, [asked])
    expect(granted).toEqual(['openid', asked])
    expect(missingScopes(microsoft, [asked], granted)).toEqual([])
    // Connections that were stored before these rules keep the name of the response.
    expect(missingScopes(microsoft, [asked], [reported])).toEqual([])
  })
  test('Microsoft never lists .default, with or without its prefix', () => {
    const asked = ['https://graph.microsoft.com/.default', 'offline_access']
    expect(grantedScopes(providerOf('microsoft'), 'User.Read', asked)).toEqual(['User.Read', ...asked])
  })
  test.each<[string, string]>([
    ['https://evil.example/Calendars.ReadWrite', 'Calendars.ReadWrite'],
    ['Calendars.Read', 'Calendars.ReadWrite'],
    ['https://graph.microsoft.com/', ''],
  ])('%s isn’t %j', (granted, required) => {
    expect(missingScopes(providerOf('microsoft'), [required], [granted])).toEqual([required])
  })
  test('a provider without such rules compares names exactly', () => {
    const plain = providerWith({})
    expect(missingScopes(plain, ['user.read', 'b'], ['User.Read', 'https://graph.microsoft.com/b'])).toEqual([
      'user.read',
      'b',
    ])
  })
  test('an alias counts on both sides', () => {
    const google = providerOf('google')
    const long = 'https://www.googleapis.com/auth/userinfo.email'
    expect(missingScopes(google, [long], ['email'])).toEqual([])
    expect(missingScopes(google, ['email'], [long])).toEqual([])
  })
})

describe('O21: a scope contains others', () => {
  test('GitHub lists only repo and user when it was asked for their parts too', () => {
    const github = providerOf('github')
    const asked = ['repo', 'public_repo', 'user', 'read:user', 'user:email']
    const granted = grantedScopes(github, 'repo,user', asked)
    expect(granted).toEqual(['repo', 'user'])
    expect(missingScopes(github, asked, granted)).toEqual([])
    expect(missingScopes(github, ['admin:org', 'read:org', 'gist'], ['admin:org'])).toEqual(['gist'])
    expect(missingScopes(github, ['repo'], ['public_repo'])).toEqual(['repo'])
  })
  test('also over several steps, under any name and in a circle', () => {
    const provider = providerWith({
      scopeRules: {
        prefixes: ['x/'],
        ignoreCase: true,
        implies: { Admin: ['x/write'], write: ['Read', 'admin'], toString: ['other'] },
      },
    })
    expect(missingScopes(provider, ['read', 'x/WRITE', 'other'], ['X/ADMIN'])).toEqual(['other'])
    expect(missingScopes(provider, ['__proto__', 'constructor'], ['admin'])).toEqual(['__proto__', 'constructor'])
  })
})

test.each([
  ['a list that was joined', 'chat:read chat:edit'],
  ['commas and spaces', 'chat:read, chat:edit,chat:read'],
])('O28: %s is read scope by scope', (_what, reported) => {
  expect(grantedScopes(providerWith({}), reported, [])).toEqual(['chat:read', 'chat:edit'])
})
