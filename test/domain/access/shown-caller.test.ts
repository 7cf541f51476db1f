import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { newKeyId } from '../../../src/domain/access/api-key/key-form.js'
import { shownCaller } from '../../../src/domain/access/shown-caller.js'
import type { RateLimit } from '../../../src/domain/rate-limit/rate-limit.js'

const id = randomUUID()
const keyId = newKeyId()

test.each<[RateLimit, string, string]>([
  ['changes', id, `user ${id}`],
  ['user-setup-sessions', id, `user ${id}`],
  ['outbound', id, `user ${id}`],
  ['outbound', keyId, `key pbk_${keyId}`],
  ['tokens', keyId, `key pbk_${keyId}`],
  ['refreshes', id, `connection ${id}`],
  ['wrong-credentials', '2001:db8::/64', 'address 2001:db8::/64'],
  ['unknown-pages', '192.0.2.1', 'address 192.0.2.1'],
  ['unknown-pages', '', 'address unknown'],
])('the log names the caller of %s (%s) as %s', (limit, caller, shown) => {
  expect(shownCaller(limit, caller)).toBe(shown)
})
