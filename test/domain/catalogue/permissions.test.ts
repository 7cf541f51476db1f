import { describe, expect, test } from 'vitest'
import type { Connector } from '../../../src/domain/catalogue/catalogue.js'
import { grantedPermissions, permissionsOf } from '../../../src/domain/catalogue/permissions.js'
import { ProviderSchema } from '../../../src/domain/catalogue/provider.js'

const LONG = 'https://app.example/scopes/userinfo.files'

function connector(scopeDescriptions: Record<string, string>, scopeAliases: Record<string, string> = {}): Connector {
  const endpoints = { authorizationUrl: 'https://app.example/a', tokenUrl: 'https://app.example/t' }
  return {
    slug: 'app',
    name: 'App',
    iconUrl: null,
    signInUrl: null,
    defaultScopes: [],
    scopeDescriptions,
    providerSlug: 'oauth2',
    providerKey: 'app',
    provider: ProviderSchema.parse({ ...endpoints, scopeAliases }),
    available: true,
    removed: false,
  }
}

describe('permissions', () => {
  test('follow the order of the scopes, with a null description where nobody has written one', () => {
    expect(permissionsOf(connector({ b: 'See b' }), ['a', 'b'])).toEqual([
      { scope: 'a', description: null },
      { scope: 'b', description: 'See b' },
    ])
  })

  test.each([
    ['requested', { files: 'See your files' }],
    ['granted', { [LONG]: 'See your files' }],
  ])('describe both names of a scope alike when only the %s one has a description', (_whose, words) => {
    const described = permissionsOf(connector(words, { [LONG]: 'files' }), ['files', LONG])
    expect(described.map(({ description }) => description)).toEqual(['See your files', 'See your files'])
  })

  test('describe identity scopes for every app, in the app’s own words if it has them', () => {
    const scopes = ['openid', 'email', 'profile', 'offline_access']
    for (const { description } of permissionsOf(connector({}), scopes)) expect(description).toMatch(/\byou/)
    expect(permissionsOf(connector({ email: 'See which mailbox it is' }), ['email'])).toEqual([
      { scope: 'email', description: 'See which mailbox it is' },
    ])
  })

  test('have no description for a scope named after a member of every object', () => {
    for (const scope of ['constructor', 'toString', '__proto__'])
      expect(permissionsOf(connector({}), [scope])).toEqual([{ scope, description: null }])
  })

  test('list identity scopes last among those that were granted', () => {
    const app = connector({ files: 'See your files' }, { 'https://app.example/scopes/email': 'email' })
    const granted = ['openid', 'https://app.example/scopes/email', 'files', 'other']
    expect(grantedPermissions(app, granted).map(({ scope }) => scope)).toEqual([
      'files',
      'other',
      'openid',
      'https://app.example/scopes/email',
    ])
  })
})
