import { expect, test } from 'vitest'
import { endsGrant, needsOperator } from '../../../src/domain/connection/refusal-rules.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

test.each<[string, Parameters<typeof endsGrant>[0], boolean]>([
  ['the first', { about: 'UNCLEAR', count: 1, overMs: 0, othersAccepted: false }, false],
  ['many in a short time', { about: 'UNCLEAR', count: 50, overMs: 6 * HOUR - 1, othersAccepted: false }, false],
  ['few over a long time', { about: 'UNCLEAR', count: 4, overMs: 7 * DAY, othersAccepted: false }, false],
  ['five over six hours', { about: 'UNCLEAR', count: 5, overMs: 6 * HOUR, othersAccepted: false }, true],
  [
    'three over a quarter of an hour, while others work',
    { about: 'UNCLEAR', count: 3, overMs: 15 * MINUTE, othersAccepted: true },
    true,
  ],
  ['two, while others work', { about: 'UNCLEAR', count: 2, overMs: DAY, othersAccepted: true }, false],
  [
    'three within seconds, while others work',
    { about: 'UNCLEAR', count: 3, overMs: 9_000, othersAccepted: true },
    false,
  ],
  ['of the client, for everyone', { about: 'CLIENT', count: 5_000, overMs: 30 * DAY, othersAccepted: false }, false],
  ['of the client, while others work', { about: 'CLIENT', count: 3, overMs: 15 * MINUTE, othersAccepted: true }, true],
])('R6, R10: refusals that don’t say why: %s', (_what, refusals, ends) => {
  expect(endsGrant(refusals)).toBe(ends)
})

test.each([
  ['CLIENT_REFUSED', false, true],
  ['SCOPE_REFUSED', false, true],
  ['CLIENT_REFUSED', true, false],
  ['REFUSED', false, false],
  ['APP_FAILED', false, false],
] as const)('R6: whether %s needs an operator, with others accepted: %s', (reason, othersAccepted, needed) => {
  expect(needsOperator(reason, { othersAccepted })).toBe(needed)
})
