import { expect, test } from 'vitest'
import type { SetupStatus, StepStatus } from '../../../src/generated/documents/graphql.js'
import { whatNeedsAttention } from '../../../src/web/wizard/parts/what-needs-attention.js'

const [STARTED, LATER] = ['2026-01-02T12:00:00.000Z', '2026-01-03T12:00:00.000Z']

interface App {
  is: StepStatus
  failure?: string
  optional?: boolean
}

/** What a setup with these apps says, named by a letter each. */
function saidOf(apps: App[], status: SetupStatus = 'NEEDS_ATTENTION') {
  const steps = apps.map(({ is, failure, optional = false }, index) => {
    const name = 'ABC'[index] ?? ''
    const connection = { status: is === 'BROKEN' ? is : ('LIVE' as const), connectedAt: LATER }
    return {
      status: is,
      requirement: { optional },
      connector: { name },
      connection: is === 'NOT_CONNECTED' || is === 'UNAVAILABLE' ? null : connection,
      authorization: failure ? { failure: { code: failure } } : null,
    }
  })
  const said = whatNeedsAttention({ status, startedAt: STARTED, steps })
  return said && [said.from, ...said.apps].join(' ')
}

const LACKING: App = { is: 'MISSING_SCOPES' }
const DENIED: App = { is: 'NOT_CONNECTED', failure: 'DENIED_BY_USER' }

test('if an app is named, so is each one in trouble, also the one whose permissions are the next thing to grant', () => {
  expect(saidOf([{ is: 'LIVE' }, LACKING, DENIED])).toBe('person B C')
  expect(saidOf([{ is: 'BROKEN', optional: true }, LACKING])).toBe('person B A')
})

test('apps that lack only permissions aren’t named if the progress counts all of them', () => {
  expect(saidOf([LACKING, LACKING])).toBeNull()
  expect(saidOf([LACKING, { is: 'UNAVAILABLE' }])).toBeNull()
  expect(saidOf([LACKING, { is: 'MISSING_SCOPES', optional: true }])).toBe('person A B')
})

test('an administrator’s apps are named if the person can’t repair anything, and none are while nothing is wrong', () => {
  expect(saidOf([{ is: 'UNAVAILABLE' }, { is: 'UNAVAILABLE', optional: true }, { is: 'LIVE' }])).toBe('administrator A')
  expect(saidOf([DENIED], 'IN_PROGRESS')).toBeNull()
  expect(saidOf([{ is: 'BROKEN', optional: true }], 'READY')).toBeNull()
})
