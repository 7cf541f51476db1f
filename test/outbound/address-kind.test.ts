import { expect, test } from 'vitest'
import { addressKind } from '../../src/outbound/address-kind.js'

test.each([
  ['loopback', ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::7f00:1']],
  ['link-local', ['169.254.0.1', 'fe80::1', 'febf::1', 'fe80::a9fe:a9fe']],
  ['unspecified', ['0.0.0.0', '0.1.2.3', '::']],
  [
    'cloud metadata',
    [
      '169.254.169.254',
      '::ffff:169.254.169.254',
      '64:ff9b::a9fe:a9fe',
      '2002:a9fe:a9fe::1',
      '169.254.170.2',
      '100.100.100.200',
      '::ffff:100.100.100.200',
      '64:ff9b::6464:64c8',
      '168.63.129.16',
      '192.0.0.192',
      'fd00:ec2::254',
      'fd00:ec2::23',
      'FD00:0EC2:0::254',
      'fd20:ce::254',
      'fd00:100::100:200',
      'fd00:a9fe:a9fe::1',
      'fd00:c1::a9fe:a9fe',
      'fd00:42::42',
    ],
  ],
  [
    'tunneled',
    ['64:ff9b::7f00:1', '64:ff9b:1::a00:1', '2002:7f00:1::', '2002:a00:1::', '2001:0:7f00:1::', '::ffff:0:a00:1'],
  ],
  ['reserved', ['192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '240.0.0.1', '2001:db8::1', '100::1']],
  ['multicast and broadcast', ['224.0.0.1', '255.255.255.255', 'ff02::1']],
  ['unassigned', ['::2', '0:0:0:1::1', '4000::1', 'fec0::1']],
])('O24: no one can allow %s addresses', (_name, addresses) => {
  expect(addresses.filter((address) => addressKind(address) !== 'FORBIDDEN')).toEqual([])
})

test('O24: addresses of private networks are private, in each form of IPv6 that stands for IPv4', () => {
  const v4 = ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', '100.64.0.1']
  const v6 = ['fc00::1', 'fdff::1', '::ffff:10.0.0.1', '::ffff:a00:1', '64:ff9b::a00:1', '64:ff9b::192.168.0.1']
  expect([...v4, ...v6].filter((address) => addressKind(address) !== 'PRIVATE')).toEqual([])
})

test('O24: internet addresses are public, also behind NAT64', () => {
  const v4 = ['1.1.1.1', '8.8.8.8', '172.32.0.1', '192.169.0.1', '100.128.0.1']
  const v6 = ['2606:4700::1111', '2a00:1450:4001::200e', '::ffff:8.8.8.8', '64:ff9b::a29f:8ae8']
  expect([...v4, ...v6].filter((address) => addressKind(address) !== 'PUBLIC')).toEqual([])
})
