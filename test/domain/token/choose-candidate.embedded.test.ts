import { expect, test } from 'vitest'
import { chooseCandidate } from '../../../src/domain/token/choose-candidate.js'

const work = { id: 'work' }
const home = { id: 'home' }
const nothing = { connectionId: null, step: false, boundTo: undefined, connections: [] }

test.each([
  ['nothing is connected', {}, 'NOT_CONNECTED'],
  ['there is one', { connections: [work] }, work],
  ['there are several and nobody says which', { connections: [work, home] }, 'AMBIGUOUS_CONNECTION'],
  ['there are several and the step shows the default', { connections: [work, home], step: true }, work],
  ['the step is bound to another', { connections: [work, home], step: true, boundTo: 'home' }, home],
  ['the bound one is gone', { connections: [work, home], step: true, boundTo: null }, 'NOT_CONNECTED'],
  ['the bound one is somebody else’s', { connections: [work], step: true, boundTo: 'gone' }, 'NOT_CONNECTED'],
  ['one is named', { connections: [work, home], connectionId: 'home' }, home],
  [
    'one is named beside a bound step',
    { connections: [work, home], step: true, boundTo: 'work', connectionId: 'home' },
    home,
  ],
] as const)('%s', (_what, choice, chosen) => {
  expect(chooseCandidate({ ...nothing, ...choice })).toBe(chosen)
})
