import { expect, test } from 'vitest'
import type {
  AuthorizationStatus,
  ConnectionStatus,
  SetupStatus,
  StepStatus,
} from '../../../src/generated/documents/graphql.js'
import {
  asksForMore,
  isBeingConnected,
  lacksPermissions,
  needsAdministrator,
  repairOf,
  repairOfApp,
  stepsInTrouble,
  stepsToDo,
  wordFor,
} from '../../../src/web/wizard/parts/steps-in-trouble.js'

const setup = { startedAt: '2026-01-02T12:00:00.000Z' }
const [EARLIER, LATER] = ['2026-01-01T12:00:00.000Z', '2026-01-03T12:00:00.000Z']

function connectionStatus(status: StepStatus): ConnectionStatus {
  return status === 'EXPIRED' || status === 'BROKEN' ? status : 'LIVE'
}

interface More {
  optional?: boolean
  failure?: { code: string } | null
  connectedAt?: string
}

function step(status: StepStatus, { optional = false, failure = null, connectedAt = LATER }: More = {}) {
  const connection = status === 'NOT_CONNECTED' ? null : { status: connectionStatus(status), connectedAt }
  return { status, requirement: { optional }, authorization: failure && { failure }, connection }
}

const DENIED = { code: 'DENIED_BY_USER' }
const REFUSED = { code: 'CLIENT_REFUSED' }
const count = (steps: ReturnType<typeof step>[]) => stepsInTrouble(steps, setup).length

test('an app that was denied needs attention like one with missing permissions', () => {
  expect(count([step('MISSING_SCOPES'), step('NOT_CONNECTED', { failure: DENIED }), step('LIVE')])).toBe(2)
})

test('optional apps count once they are connected and stop working', () => {
  expect(count([step('BROKEN', { optional: true }), step('EXPIRED')])).toBe(2)
  expect(count([step('UNAVAILABLE', { optional: true }), step('NOT_CONNECTED')])).toBe(0)
  expect(count([step('NOT_CONNECTED', { optional: true, failure: DENIED })])).toBe(0)
})

test('an app that only an administrator can help with is not the person’s trouble, and there is nothing to do about it', () => {
  const refused = step('NOT_CONNECTED', { failure: REFUSED })
  const theirs = [step('UNAVAILABLE'), refused, step('BROKEN', { failure: REFUSED })]
  expect(theirs.map(needsAdministrator)).toEqual([true, true, true])
  expect(count(theirs)).toBe(0)
  expect(stepsToDo({ ...setup, steps: theirs })).toEqual([])
  const own = [step('BROKEN'), step('NOT_CONNECTED', { failure: DENIED }), step('AUTHORIZING', { failure: REFUSED })]
  expect(own.map(needsAdministrator)).toEqual([false, false, false])
  const steps = [step('BROKEN', { optional: true }), ...own, step('LIVE'), step('NOT_CONNECTED', { optional: true })]
  expect(stepsToDo({ ...setup, steps })).toEqual([...own, steps[0]])
})

test('an app lacks permissions if its connection works and the step doesn’t, also while they are being granted', () => {
  const live = { status: 'LIVE' } as const
  const lacking = (status: StepStatus) => lacksPermissions({ status, connection: live })
  expect([lacking('MISSING_SCOPES'), lacking('AUTHORIZING'), lacking('LIVE'), lacking('UNAVAILABLE')]).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(lacksPermissions({ status: 'AUTHORIZING', connection: { status: 'BROKEN' } })).toBe(false)
  expect(lacksPermissions({ status: 'NOT_CONNECTED' })).toBe(false)
})

test('a failure that is over, or followed by another try, needs no attention', () => {
  expect(count([step('LIVE', { failure: DENIED }), step('AUTHORIZING', { failure: DENIED })])).toBe(0)
})

test('an app that was connected before the setup only needs more permissions, until the person refuses them', () => {
  const asking = step('MISSING_SCOPES', { connectedAt: EARLIER })
  const refused = step('MISSING_SCOPES', { connectedAt: EARLIER, failure: DENIED })
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
  expect(word([step('BROKEN', { failure: REFUSED })])).toBe('UNAVAILABLE')
  expect(word([step('UNAVAILABLE'), step('MISSING_SCOPES', { connectedAt: EARLIER, optional: true })])).toBe(
    'UNAVAILABLE',
  )
})

test('a setup that is ready is called so, and one in progress unless the connection of an optional app is in trouble', () => {
  const nothing = [ASKING, step('NOT_CONNECTED', { optional: true, failure: DENIED })]
  expect([word(nothing, 'READY'), word(nothing, 'IN_PROGRESS')]).toEqual(['READY', 'IN_PROGRESS'])
  for (const trouble of ['MISSING_SCOPES', 'EXPIRED', 'BROKEN'] as const) {
    const steps = [ASKING, step(trouble, { optional: true })]
    expect([word(steps, 'READY'), word(steps, 'IN_PROGRESS')]).toEqual(['READY', 'NEEDS_ATTENTION'])
  }
})

test('a connection is repaired by granting permissions if it works, also while that goes on, and otherwise by reconnecting', () => {
  const repair = (status: StepStatus, connection?: 'LIVE' | 'BROKEN') =>
    repairOf({ status, connection: connection ? { status: connection } : null })
  expect([repair('MISSING_SCOPES', 'LIVE'), repair('AUTHORIZING', 'LIVE')]).toEqual(['grant', 'grant'])
  expect([repair('BROKEN', 'BROKEN'), repair('AUTHORIZING', 'BROKEN')]).toEqual(['reconnect', 'reconnect'])
  expect([repair('LIVE', 'LIVE'), repair('UNAVAILABLE', 'BROKEN'), repair('NOT_CONNECTED')]).toEqual([null, null, null])
})

test('an app is being connected while an authorization is open, also if it is live', () => {
  const isOpen = (status: AuthorizationStatus) => isBeingConnected({ status: 'LIVE', authorization: { status } })
  expect((['PENDING', 'OPENED', 'EXCHANGING', 'AWAITING_CHOICE'] as const).map(isOpen)).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect((['SUCCEEDED', 'DENIED', 'EXPIRED'] as const).map(isOpen)).toEqual([false, false, false])
  expect(isBeingConnected({ status: 'NOT_CONNECTED', authorization: null })).toBe(false)
})

test('an app whose connection is being repaired for another plugin is not being connected here', () => {
  const repairing = { status: 'OPENED' as const, connectionToRepair: { id: 'connection' } }
  expect(isBeingConnected({ status: 'LIVE', authorization: repairing })).toBe(false)
  for (const status of ['AUTHORIZING', 'MISSING_SCOPES', 'BROKEN'] as const)
    expect(isBeingConnected({ status, authorization: repairing })).toBe(true)
})

test('what a skill needs of an app that a setup uses', () => {
  const steps = [
    { connector: { id: 'mail' }, status: 'BROKEN' as const, connection: { status: 'BROKEN' as const } },
    { connector: { id: 'calendar' }, status: 'NOT_CONNECTED' as const, connection: null },
  ]
  expect(['mail', 'calendar', 'other'].map((id) => repairOfApp({ id }, steps))).toEqual(['reconnect', null, null])
})
