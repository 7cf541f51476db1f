import { expect, test } from 'vitest'
import { type AddressOf, addressesIn, countedAs, createAddressOf } from '../../../src/http/server/addresses.js'

const proxies = addressesIn(['10.0.0.0/8', '2001:db8:f::1'])

/** The address of a request with this X-Forwarded-For that came from `remoteAddress`. */
function addressOf(remoteAddress: string | undefined, forwarded?: string): string {
  const request = {
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }
  return createAddressOf(proxies)(request as unknown as Parameters<AddressOf>[0])
}

test.each([
  ['192.0.2.1', undefined, '192.0.2.1'],
  ['::ffff:192.0.2.1', undefined, '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
  ['fe80::1%eth0', undefined, 'fe80::/64'],
  [undefined, undefined, ''],
  // What clients say about themselves doesn't count.
  ['192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ['10.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['::ffff:10.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['2001:db8:f::1', '198.51.100.7', '198.51.100.7'],
  ['10.0.0.1', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
  ['10.0.0.1', '203.0.113.9, 198.51.100.7, 10.0.0.2', '198.51.100.7'],
  ['10.0.0.1', '198.51.100.7:51234', '198.51.100.7'],
  ['10.0.0.1', '[2001:db8:1:2::3]:51234', '2001:db8:1:2::/64'],
  ['10.0.0.1', '2001:db8:1:2::3', '2001:db8:1:2::/64'],
  // A proxy that says nothing useful counts as the client.
  ['10.0.0.1', undefined, '10.0.0.1'],
  ['10.0.0.1', '', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.7, unknown', '10.0.0.1'],
  ['10.0.0.1', 'unknown, 10.0.0.2', '10.0.0.2'],
])('a request from %s that was forwarded for %s comes from %s', (remoteAddress, forwarded, address) => {
  expect(addressOf(remoteAddress, forwarded)).toBe(address)
})

test('without trusted proxies, nothing that a request says counts', () => {
  const request = { socket: { remoteAddress: '10.0.0.1' }, headers: { 'x-forwarded-for': '198.51.100.7' } }
  expect(createAddressOf(addressesIn([]))(request as unknown as Parameters<AddressOf>[0])).toBe('10.0.0.1')
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:ffff::', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
  ['2001:db8::1', '2001:db8::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  ['::1', '::/64'],
  ['', ''],
  ['not an address', 'not an address'],
])('%s counts as %s', (address, counted) => {
  expect(countedAs(address)).toBe(counted)
})
