import { expect, test } from 'vitest'
import type { SetupStatus, StepStatus } from '../../../src/generated/documents/graphql.js'
import { asksForMore, stepsInTrouble, wordFor } from '../../../src/web/wizard/parts/steps-in-trouble.js'

const setup = { startedAt: '2026-01-02T12:00:00.000Z' }
const [EARLIER, LATER] = ['2026-01-01T12:00:00.000Z', '2026-01-03T12:00:00.000Z']

interface More {
  optional?: boolean
  failure?: object | null
  connectedAt?: string
}

function step(status: StepStatus, { optional = false, failure = null, connectedAt = LATER }: More = {}) {
  const connection = status === 'NOT_CONNECTED' ? null : { connectedAt }
  return { status, requirement: { optional }, authorization: failure && { failure }, connection }
}

const count = (steps: ReturnType<typeof step>[]) => stepsInTrouble(steps, setup).length

test('an app that was denied needs attention like one with missing permissions', () => {
  expect(count([step('MISSING_SCOPES'), step('NOT_CONNECTED', { failure: {} }), step('LIVE')])).toBe(2)
})

test('optional apps count once they are connected and stop working', () => {
  expect(count([step('BROKEN', { optional: true }), step('EXPIRED')])).toBe(2)
  expect(count([step('UNAVAILABLE', { optional: true }), step('NOT_CONNECTED')])).toBe(0)
})

test('an app that only an operator can make available is not the person’s trouble', () => {
  expect(count([step('UNAVAILABLE')])).toBe(0)
})

test('a failure that is over, or followed by another try, needs no attention', () => {
  expect(count([step('LIVE', { failure: {} }), step('AUTHORIZING', { failure: {} })])).toBe(0)
})

test('an app that was connected before the setup only needs more permissions, until the person refuses them', () => {
  const asking = step('MISSING_SCOPES', { connectedAt: EARLIER })
  const refused = step('MISSING_SCOPES', { connectedAt: EARLIER, failure: {} })
  expect([asksForMore(asking, setup), asksForMore(refused, setup)]).toEqual([true, false])
  expect([asksForMore(step('MISSING_SCOPES'), setup), asksForMore(step('LIVE'), setup)]).toEqual([false, false])
  expect(stepsInTrouble([asking, refused], setup)).toEqual([refused])
})

const word = (steps: ReturnType<typeof step>[], status: SetupStatus = 'NEEDS_ATTENTION') =>
  wordFor({ ...setup, status, steps })
const ASKING = step('MISSING_SCOPES', { connectedAt: EARLIER })

test('a setup needs attention only if one of its steps is in trouble', () => {
  expect(word([step('LIVE'), step('BROKEN'), ASKING])).toBe('NEEDS_ATTENTION')
  expect(word([step('MISSING_SCOPES')])).toBe('NEEDS_ATTENTION')
  expect(word([ASKING, step('UNAVAILABLE'), step('NOT_CONNECTED')])).toBe('NEEDS_PERMISSIONS')
  expect(word([step('UNAVAILABLE'), step('MISSING_SCOPES', { connectedAt: EARLIER, optional: true })])).toBe(
    'UNAVAILABLE',
  )
})

test.each<SetupStatus>(['READY', 'IN_PROGRESS'])(
  'a setup that is %s is called so, whatever its steps need',
  (status) => {
    expect(word([ASKING, step('BROKEN', { optional: true })], status)).toBe(status)
  },
)
