import { expect, test } from 'vitest'
import { chooseCandidate } from '../../../src/domain/token/choose-candidate.js'

const work = { id: 'work' }
const home = { id: 'home' }
const nothing = { connectionId: null, step: false, boundTo: undefined, connections: [] }

test.each([
  ['without connections, nothing is chosen', {}, 'NOT_CONNECTED'],
  ['the only connection is chosen', { connections: [work] }, work],
  [
    'several connections are ambiguous if nothing says which one',
    { connections: [work, home] },
    'AMBIGUOUS_CONNECTION',
  ],
  ['a step that is not bound uses the default of several connections', { connections: [work, home], step: true }, work],
  ['a bound step uses the connection it is bound to', { connections: [work, home], step: true, boundTo: 'home' }, home],
  [
    'a bound step whose connection is gone uses none',
    { connections: [work, home], step: true, boundTo: null },
    'NOT_CONNECTED',
  ],
  [
    'a step bound to a connection that the user does not have uses none',
    { connections: [work], step: true, boundTo: 'gone' },
    'NOT_CONNECTED',
  ],
  ['a connection that is named is chosen', { connections: [work, home], connectionId: 'home' }, home],
  [
    'a connection that is named takes precedence over a bound step',
    { connections: [work, home], step: true, boundTo: 'work', connectionId: 'home' },
    home,
  ],
] as const)('%s', (_what, choice, chosen) => {
  expect(chooseCandidate({ ...nothing, ...choice })).toBe(chosen)
})
