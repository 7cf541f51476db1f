import { expect, test } from 'vitest'
import { DependentUrlError, templatedMetadata } from '../../../src/domain/publishing/templated-metadata.js'

const ISSUER = 'https://{domain}.id.example/oauth2/{server}'
const VALUES = { domain: 'acme', server: 'main' }
const metadata = {
  issuer: 'https://acme.id.example/oauth2/main',
  authorizationUrl: 'https://acme.id.example/oauth2/main/v1/authorize',
  tokenUrl: 'https://acme.id.example/oauth2/main/v1/token',
  identity: { url: 'https://ACME.id.example/main/userinfo', idPath: 'sub' },
}

test('one customer’s metadata becomes that of all customers', () => {
  expect(templatedMetadata(metadata, ISSUER, VALUES)).toEqual({
    issuer: ISSUER,
    authorizationUrl: `${ISSUER}/v1/authorize`,
    tokenUrl: `${ISSUER}/v1/token`,
    identity: { url: 'https://{domain}.id.example/{server}/userinfo', idPath: 'sub' },
  })
})

test('hosts that are the same for all customers, and issuers without variables, remain', () => {
  const shared = { ...metadata, tokenUrl: 'https://api.id.example/domain/token' }
  expect(templatedMetadata(shared, ISSUER, VALUES).tokenUrl).toBe('https://api.id.example/domain/token')
  expect(templatedMetadata(metadata, metadata.issuer, {})).toBe(metadata)
})

test('O29: a secret never goes to the host of the customer whose metadata was read', () => {
  const dependent = { ...metadata, tokenUrl: 'https://acme-login.id.example/token' }
  expect(() => templatedMetadata(dependent, ISSUER, VALUES)).toThrow(DependentUrlError)
})
