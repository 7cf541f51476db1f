import { expect, test } from 'vitest'
import { canAllow, privateNetworksOf } from '../../src/outbound/private-networks.js'

test.each([
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['10.0.0.0/8', '64:ff9b::10.1.2.3', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['10.0.0.0/8', '192.168.1.1', false],
  ['10.1.2.3/8', '10.200.0.1', true],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.4', false],
  ['fd12::/16', 'fd12:3456::1', true],
  ['fd12::/16', 'fd13::1', false],
  ['fd12::/16', '10.1.2.3', false],
  ['0.0.0.0/0', '192.168.1.1', true],
  ['0.0.0.0/0', 'fd12::1', false],
  ['::/0', 'fd12::1', true],
])('%s and the address %s: %s', (entry, address, isAllowed) => {
  expect(privateNetworksOf([entry]).allow(address, address)).toBe(isAllowed)
  expect(privateNetworksOf([entry]).allow('any.example', address)).toBe(isAllowed)
})

test.each([
  ['gitlab', 'gitlab', true],
  ['gitlab.corp.example', 'gitlab.corp.example', true],
  ['GitLab.Corp.Example.', 'gitlab.corp.example', true],
  ['gitlab.corp.example', 'gitlab.corp.example.', true],
  ['gitlab.corp.example', 'evil.gitlab.corp.example', false],
  ['gitlab.corp.example', 'gitlab.corp.example.evil.example', false],
  ['.corp.example', 'a.b.corp.example', true],
  ['.corp.example', 'corp.example', false],
  ['.corp.example', 'evilcorp.example', false],
  ['bücher.corp.example', 'xn--bcher-kva.corp.example', true],
  ['gitlab', '10.1.2.3', false],
  ['.corp.example', 'fd12::1', false],
])('the name %s and the host %s: %s', (entry, hostname, isAllowed) => {
  expect(privateNetworksOf([entry]).allow(hostname, '10.1.2.3')).toBe(isAllowed)
})

test.each(['0.0.0.0/0', '::/0', '100.64.0.0/10', 'fd00::/8', 'metadata.internal', '.internal'])(
  'O24: %s allows no loopback, link-local and metadata addresses',
  (entry) => {
    const networks = privateNetworksOf([entry])
    const forbidden = [
      '127.0.0.1',
      '::1',
      '0.0.0.0',
      '169.254.169.254',
      '100.100.100.200',
      'fd00:ec2::254',
      '224.0.0.1',
    ]
    const forms = ['::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '64:ff9b::6464:64c8', '2002:a9fe:a9fe::', '::7f00:1']
    const allowed = [...forbidden, ...forms].filter((address) => networks.allow('metadata.internal', address))
    expect(allowed).toEqual([])
  },
)

test.each([
  ['10.0.0.0/8', true],
  ['0.0.0.0/0', true],
  ['::/0', true],
  ['fd00::/8', true],
  ['100.64.0.0/10', true],
  ['192.168.7.9', true],
  ['gitlab.internal', true],
  ['127.0.0.0/8', false],
  ['::1', false],
  ['localhost', false],
  ['.localhost', false],
  ['app.localhost.', false],
  ['169.254.0.0/16', false],
  ['169.254.169.254', false],
  ['100.100.100.200', false],
  ['fd00:ec2::254', false],
  ['fd00:ec2::/40', false],
  ['224.0.0.0/4', false],
  ['8.8.8.0/24', false],
  ['::ffff:10.0.0.0/104', false],
  ['64:ff9b::/96', false],
])('whether an entry %s can allow anything: %s', (entry, can) => {
  expect(canAllow(entry)).toBe(can)
})
