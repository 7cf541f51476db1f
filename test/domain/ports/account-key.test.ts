import { expect, test } from 'vitest'
import { accountKey, isOfAccount } from '../../../src/domain/ports/account-key.js'

const part = (path: string, text: string, isNumber = false) => ({ path, text, isNumber })
const number = (text: string) => accountKey([part('id', text, true)])
const string = (text: string) => accountKey([part('id', text)])
const member = (team: string, user: string) => accountKey([part('team.id', team), part('user.id', user)])

const three = accountKey([part('a', '1'), part('b', '2'), part('c', '3')])

test('O27: two lists of parts never have the same id, however their texts are split', () => {
  const members = [
    ['1', '2'],
    ['12', ''],
    ['1', '2/3'],
    ['1/2', '3'],
    ['1%2F2', '3'],
    ['1,2', '3'],
    ['T1', 'U1'],
    ['T2', 'U1'],
    ['t1', 'U1'],
  ] as const
  const keys = [three, ...members.map(([team, user]) => member(team, user))]
  expect(new Set(keys.map(({ id }) => id)).size).toBe(keys.length)
  for (const one of keys) {
    for (const { id, idFrom } of keys) {
      expect([one.id, id, isOfAccount({ accountId: id, accountIdFrom: idFrom }, one)]).toEqual([
        one.id,
        id,
        one.id === id,
      ])
    }
  }
})

test.each([
  ['the same id', '7', 'id', number('7'), true],
  ['another id', '8', 'id', number('7'), false],
  ['a rounded id of an earlier version', '9007199254740992', null, number('9007199254740993'), true],
  ['a rounded id, stored exactly', '9007199254740992', 'id', number('9007199254740993'), false],
  [
    'a string of an earlier version, which was never rounded',
    '9007199254740992',
    null,
    string('9007199254740993'),
    false,
  ],
  ['the user alone, of an earlier version', 'U1', null, member('T1', 'U1'), true],
  ['another user, of an earlier version', 'U2', null, member('T1', 'U1'), false],
  ['a team of an earlier version', 'T1', null, member('T1', 'U1'), false],
  ['the user alone, by earlier data', 'U1', 'user.id', member('T1', 'U1'), true],
  ['another user of the same team, by earlier data', 'U2', 'user.id', member('T1', 'U1'), false],
  ['a team by earlier data, with the user’s id', '5', 'user.id', member('5', '7'), false],
  ['something that is no longer read', 'U1', 'email', member('T1', 'U1'), false],
  ['parts in another order', 'U1/T1', 'user.id team.id', member('T1', 'U1'), true],
  ['parts in another order, of another account', 'T1/U1', 'user.id team.id', member('T2', 'U1'), false],
])(
  'O27: a connection stored with %s (%s from %s) belongs to the account or not',
  (_name, accountId, from, key, same) => {
    expect(isOfAccount({ accountId, accountIdFrom: from }, key)).toBe(same)
  },
)
