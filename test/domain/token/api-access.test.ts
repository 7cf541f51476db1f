import { expect, test } from 'vitest'
import { apiAccessOf, needsClientId } from '../../../src/domain/token/api-access.js'

const HOW = { header: 'Authorization', scheme: 'Bearer', headers: {} }
const baseUrlOf = (baseUrl: string | null, values: Record<string, string> = {}) =>
  apiAccessOf({ api: { ...HOW, baseUrl } }, values).baseUrl

test('the address of an API has the connection’s values', () => {
  expect(baseUrlOf(null)).toBeNull()
  expect(baseUrlOf('https://api.app.example/v1')).toBe('https://api.app.example/v1')
  expect(baseUrlOf('https://{shop}.app.example/api', { shop: 'acme' })).toBe('https://acme.app.example/api')
  expect(baseUrlOf('{instance_url}/services', { instance_url: 'https://eu.app.example/' })).toBe(
    'https://eu.app.example/services',
  )
})

test('an address without one of its values isn’t known', () => {
  expect(baseUrlOf('https://{shop}.app.example/api')).toBeNull()
  expect(baseUrlOf('{instance_url}/api', { instance_url: 'acme' })).toBeNull()
  expect(baseUrlOf('https://app.example/{constructor}')).toBeNull()
})

test('the headers of an API have the connection’s values, or aren’t there', () => {
  const headers = { 'API-Version': '2', 'Tenant-Id': '{tenantId}', Both: '{tenantId}/{part}' }
  const headersWith = (values: Record<string, string>) =>
    apiAccessOf({ api: { ...HOW, baseUrl: null, headers } }, values).headers
  expect(headersWith({})).toEqual({ 'API-Version': '2' })
  expect(headersWith({ tenantId: 'T1' })).toEqual({ 'API-Version': '2', 'Tenant-Id': 'T1' })
  expect(headersWith({ tenantId: 'T1', part: 'a' })).toMatchObject({ Both: 'T1/a' })
  for (const value of ['a\r\nx: y', 'a\n', 'ä', '\0']) {
    expect(headersWith({ tenantId: value, part: 'a' }), JSON.stringify(value)).toEqual({ 'API-Version': '2' })
  }
  const proto = apiAccessOf({ api: { ...HOW, baseUrl: null, headers: { a: '{constructor}' } } }, {})
  expect(proto.headers).toEqual({})
})

test('a header of an API has the client id, unless a value has its name', () => {
  const api = { ...HOW, baseUrl: null, headers: { 'Client-Id': '{clientId}' } }
  const from = { from: 'tokens', path: 'id', hosts: null, required: false, identifies: false, shown: false } as const
  expect(needsClientId({ api, metadata: {}, variables: [] })).toBe(true)
  expect(apiAccessOf({ api }, {}, 'a-client').headers).toEqual({ 'Client-Id': 'a-client' })
  expect(apiAccessOf({ api }, {}).headers).toEqual({})
  expect(needsClientId({ api, metadata: { clientId: from }, variables: [] })).toBe(false)
  expect(apiAccessOf({ api }, { clientId: 'a-value' }, 'a-client').headers).toEqual({ 'Client-Id': 'a-value' })
  expect(needsClientId({ api: { ...api, headers: {} }, metadata: {}, variables: [] })).toBe(false)
})

test.each(['evil.example/', 'evil.example#', 'evil.example?', 'a@evil.example', 'evil.example:1', '../..', 'evil\\'])(
  'O29: the value %s stays where it is',
  (value) => {
    const inHost = baseUrlOf('https://{shop}.app.example/api', { shop: value })
    if (inHost !== null) expect(new URL(inHost).host).toMatch(/\.app\.example$/)
    const inPath = baseUrlOf('https://app.example/companies/{company}', { company: value })
    expect(new URL(inPath ?? '').host).toBe('app.example')
  },
)
