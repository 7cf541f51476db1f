import { expect, test } from 'vitest'
import type { SetupStatus, StepStatus } from '../../../src/generated/documents/graphql.js'
import { setupAction } from '../../../src/web/wizard/parts/setup-action.js'

const startedAt = '2026-01-02T12:00:00.000Z'
const CONNECTIONS = { MISSING_SCOPES: 'LIVE', LIVE: 'LIVE', BROKEN: 'BROKEN', EXPIRED: 'EXPIRED' } as const

function step(status: StepStatus, optional = false) {
  const live = status in CONNECTIONS ? CONNECTIONS[status as keyof typeof CONNECTIONS] : null
  const connection = live && { status: live, connectedAt: startedAt }
  return { status, requirement: { optional }, connection, authorization: null }
}

test.each<[string, ...(readonly [StepStatus, boolean?])[]]>([
  ['continue', ['LIVE'], ['NOT_CONNECTED']],
  ['reconnect', ['NOT_CONNECTED'], ['BROKEN']],
  ['reconnect', ['EXPIRED'], ['MISSING_SCOPES']],
  ['grant', ['NOT_CONNECTED'], ['MISSING_SCOPES'], ['BROKEN']],
  ['continue', ['NOT_CONNECTED'], ['BROKEN', true]],
  ['reconnect', ['LIVE'], ['BROKEN', true]],
  ['grant', ['LIVE'], ['MISSING_SCOPES', true]],
  ['open', ['LIVE'], ['NOT_CONNECTED', true]],
  ['open', ['UNAVAILABLE']],
])('a setup’s action is to %s if its steps are %j, %j, %j', (action, ...states) => {
  const status: SetupStatus = 'NEEDS_ATTENTION'
  const steps = states.map(([status, optional]) => step(status, optional))
  expect(setupAction({ status, startedAt, steps })).toBe(action)
})
