import { expect, test } from 'vitest'
import type { ConnectionStatus } from '../../../src/generated/documents/graphql.js'
import { inListOrder } from '../../../src/web/wizard/parts/connection-order.js'

function connection(app: string, account: string, status: ConnectionStatus = 'LIVE') {
  return { account, status, connector: { id: app }, isLacking: account.endsWith('!') }
}

function ordered(...connections: ReturnType<typeof connection>[]): string[] {
  const inOrder = inListOrder(connections, ({ isLacking }) => isLacking)
  return inOrder.map(({ connector, account }) => `${connector.id} ${account}`)
}

test('healthy connections keep their order, and the accounts of one app are together', () => {
  const mine = [connection('mail', 'a'), connection('chat', 'a'), connection('mail', 'b')]
  expect(ordered(...mine)).toEqual(['mail a', 'mail b', 'chat a'])
})

test('apps with a broken account come first, then those with an expired one', () => {
  const mine = [
    connection('mail', 'a'),
    connection('chat', 'a', 'EXPIRED'),
    connection('desk', 'a', 'BROKEN'),
    connection('mail', 'b'),
  ]
  expect(ordered(...mine)).toEqual(['desk a', 'chat a', 'mail a', 'mail b'])
})

test('apps with an account that lacks permissions come before healthy ones', () => {
  const mine = [
    connection('mail', 'a'),
    connection('desk', 'a'),
    connection('desk', 'b!'),
    connection('chat', 'a', 'EXPIRED'),
  ]
  expect(ordered(...mine)).toEqual(['chat a', 'desk b!', 'desk a', 'mail a'])
})

test('a broken account is first among those of its app, which stay together', () => {
  const mine = [connection('chat', 'a'), connection('mail', 'a'), connection('mail', 'b', 'BROKEN')]
  expect(ordered(...mine)).toEqual(['mail b', 'mail a', 'chat a'])
})
