import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { addressesIn } from '../../../src/http/server/addresses.js'
import { Strangers } from '../../../src/http/server/strangers.js'

class FakeSocket extends EventEmitter {
  destroyed = false
  constructor(readonly remoteAddress: string) {
    super()
  }
  destroy() {
    this.destroyed = true
  }
}

function listening(limit: number, trusted: readonly string[] = []) {
  const onDropped = vi.fn()
  const strangers = new Strangers(limit, addressesIn(trusted), onDropped)
  const connect = (address = '203.0.113.7') => {
    const socket = new FakeSocket(address)
    strangers.add(socket as unknown as Socket)
    return socket
  }
  const forget = (socket: FakeSocket) => strangers.forget(socket as unknown as Socket)
  return { connect, forget, onDropped }
}

const destroyed = (sockets: FakeSocket[]) => sockets.map((socket) => socket.destroyed)

test('G20: the oldest connection of an address gives way to a new one, and other addresses are not affected', () => {
  const { connect, onDropped } = listening(2)
  const other = connect('203.0.113.8')
  const sockets = [connect(), connect(), connect(), connect()]
  expect(destroyed([...sockets, other])).toEqual([true, true, false, false, false])
  expect(onDropped).toHaveBeenCalledTimes(2)
})

test('G20: connections that were closed, or on which a token was accepted, don’t count', () => {
  const { connect, forget } = listening(2)
  const accepted = [connect(), connect()]
  accepted.forEach(forget)
  const sockets = [connect(), connect()]
  expect(destroyed([...accepted, ...sockets])).toEqual([false, false, false, false])
  forget(sockets[0] as FakeSocket)
  connect()
  expect(destroyed(sockets)).toEqual([false, false])
  connect()
  expect(destroyed([...accepted, ...sockets])).toEqual([false, false, false, true])
})

test('G20: the addresses of one IPv6 network count together, and an IPv4 address counts however it is written', () => {
  const { connect } = listening(1)
  const inNetwork = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9'].map(connect)
  const elsewhere = connect('2001:db8:1:3::1')
  const mapped = ['203.0.113.7', '::ffff:203.0.113.7'].map(connect)
  expect(destroyed([...inNetwork, elsewhere, ...mapped])).toEqual([true, false, false, true, false])
})

test.each([
  ['203.0.113.7', true],
  ['203.0.113.8', false],
  ['10.20.30.40', true],
  ['::ffff:10.20.30.40', true],
  ['11.0.0.1', false],
  ['2001:db8::1', true],
  ['2001:db9::1', false],
])('%s is a trusted proxy: %s', (address, trusted) => {
  const networks = ['203.0.113.7', '10.0.0.0/8', '2001:db8::/32']
  expect(addressesIn(networks)(address)).toBe(trusted)
  const { connect } = listening(1, networks)
  expect(destroyed([connect(address), connect(address)])).toEqual([!trusted, false])
})
