import { expect, test } from 'vitest'
import { supportedAuthentication } from '../../../src/outbound/token-endpoint/supported-authentication.js'

test.each<[unknown[] | null | undefined, string]>([
  [undefined, 'client_secret_basic'],
  [null, 'client_secret_basic'],
  [['client_secret_post', 'client_secret_basic'], 'client_secret_basic'],
  [['none', 'client_secret_post'], 'client_secret_post'],
  [['private_key_jwt', 'tls_client_auth'], 'private_key_jwt'],
  [['none'], 'none'],
  [[7, 'unheard_of'], 'client_secret_post'],
])('of the methods %j, a client uses %s', (methods, expected) => {
  expect(supportedAuthentication(methods)).toBe(expected)
})
