import { expect, test } from 'vitest'
import type { StepStatus } from '../../../src/generated/documents/graphql.js'
import { countTroubled } from '../../../src/web/wizard/parts/troubled-steps.js'

function step(status: StepStatus, { optional = false, failure = null as object | null } = {}) {
  return { status, requirement: { optional }, authorization: { failure } }
}

test('an app that was denied needs attention like one with missing permissions', () => {
  expect(countTroubled([step('MISSING_SCOPES'), step('NOT_CONNECTED', { failure: {} }), step('LIVE')])).toBe(2)
})

test('optional apps count once they are connected and stop working', () => {
  expect(countTroubled([step('BROKEN', { optional: true }), step('EXPIRED')])).toBe(2)
  expect(countTroubled([step('UNAVAILABLE', { optional: true }), step('NOT_CONNECTED')])).toBe(0)
})

test('a failure that is over, or followed by another try, needs no attention', () => {
  expect(countTroubled([step('LIVE', { failure: {} }), step('AUTHORIZING', { failure: {} })])).toBe(0)
})
