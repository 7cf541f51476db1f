import { describe, expect, test } from 'vitest'
import {
  connectionRemedy,
  nextStep,
  remedyFor,
  type StepFacts,
  type StepStatus,
  setupStatus,
  stepCounts,
  stepStatus,
} from '../../../src/domain/view/setup-rules.js'

const facts = (changes: Partial<StepFacts> = {}): StepFacts => ({
  available: true,
  connection: null,
  missingScopes: [],
  authorizing: false,
  ...changes,
})

describe('a step', () => {
  test.each<[string, Partial<StepFacts>, StepStatus]>([
    ['is NOT_CONNECTED without a connection', {}, 'NOT_CONNECTED'],
    ['is AUTHORIZING during an authorization', { authorizing: true }, 'AUTHORIZING'],
    ['is LIVE with a live connection', { connection: { status: 'LIVE' } }, 'LIVE'],
    [
      'remains LIVE while another account is being connected',
      { connection: { status: 'LIVE' }, authorizing: true },
      'LIVE',
    ],
    [
      'is MISSING_SCOPES if its live connection lacks scopes',
      { connection: { status: 'LIVE' }, missingScopes: ['a'] },
      'MISSING_SCOPES',
    ],
    [
      'is AUTHORIZING while missing scopes are being granted',
      { connection: { status: 'LIVE' }, missingScopes: ['a'], authorizing: true },
      'AUTHORIZING',
    ],
    [
      'is EXPIRED rather than MISSING_SCOPES if both apply',
      { connection: { status: 'EXPIRED' }, missingScopes: ['a'] },
      'EXPIRED',
    ],
    ['is BROKEN with a broken connection', { connection: { status: 'BROKEN' } }, 'BROKEN'],
    [
      'is UNAVAILABLE without credentials, even with a live connection',
      { available: false, connection: { status: 'LIVE' } },
      'UNAVAILABLE',
    ],
  ])('%s', (_name, changes, status) => {
    expect(stepStatus(facts(changes))).toBe(status)
  })

  test('has one remedy for each status, and none when it is LIVE', () => {
    const statuses: StepStatus[] = [
      'NOT_CONNECTED',
      'AUTHORIZING',
      'LIVE',
      'MISSING_SCOPES',
      'EXPIRED',
      'BROKEN',
      'UNAVAILABLE',
    ]
    expect(Object.fromEntries(statuses.map((status) => [status, remedyFor(status)]))).toEqual({
      NOT_CONNECTED: 'CONNECT',
      AUTHORIZING: 'WAIT',
      LIVE: null,
      MISSING_SCOPES: 'GRANT_SCOPES',
      EXPIRED: 'REAUTHORIZE',
      BROKEN: 'REAUTHORIZE',
      UNAVAILABLE: 'ASK_OPERATOR',
    })
  })
})

type Connection = StepFacts['connection']
const required = (status: StepStatus, connection: Connection = null) => ({ status, optional: false, connection })
const optional = (status: StepStatus, connection: Connection = null) => ({ status, optional: true, connection })

describe('a setup', () => {
  test('is READY if it has no required steps', () => {
    expect(setupStatus([])).toBe('READY')
    expect(setupStatus([optional('NOT_CONNECTED'), optional('BROKEN')])).toBe('READY')
  })

  test('is READY when every required step is LIVE, and not before', () => {
    expect(setupStatus([required('LIVE'), required('AUTHORIZING')])).toBe('IN_PROGRESS')
    expect(setupStatus([required('LIVE'), required('LIVE'), optional('NOT_CONNECTED')])).toBe('READY')
  })

  test.each<StepStatus>(['EXPIRED', 'BROKEN', 'MISSING_SCOPES', 'UNAVAILABLE'])(
    'needs attention when a required step is %s',
    (status) => {
      expect(setupStatus([required('NOT_CONNECTED'), required(status)])).toBe('NEEDS_ATTENTION')
      expect(setupStatus([required('LIVE'), optional(status)])).toBe('READY')
    },
  )

  test('counts required and optional steps separately', () => {
    const steps = [
      required('LIVE'),
      required('BROKEN'),
      required('NOT_CONNECTED'),
      optional('LIVE'),
      optional('BROKEN'),
    ]
    expect(stepCounts(steps)).toMatchObject({ required: 3, done: 1, needsAttention: 1, optionalDone: 1 })
  })

  test('counts live connections as connected, also those that lack permissions or are getting them', () => {
    const live: Connection = { status: 'LIVE' }
    const steps = [
      required('LIVE', live),
      required('MISSING_SCOPES', live),
      required('AUTHORIZING', live),
      required('AUTHORIZING'),
      required('BROKEN', { status: 'BROKEN' }),
      required('EXPIRED', { status: 'EXPIRED' }),
      required('NOT_CONNECTED'),
      required('UNAVAILABLE', live),
      optional('LIVE', live),
    ]
    expect(stepCounts(steps)).toMatchObject({ required: 8, connected: 3, done: 1 })
  })

  test('continues with what the person has to repair, then with what to connect, then with what an operator has to do', () => {
    const steps = [required('UNAVAILABLE'), required('NOT_CONNECTED'), required('AUTHORIZING'), optional('BROKEN')]
    for (const status of ['EXPIRED', 'BROKEN', 'MISSING_SCOPES'] as const) {
      const [first, second] = [required(status), required('BROKEN')]
      expect(nextStep([...steps, first, second])).toBe(first)
    }
    expect(nextStep(steps)).toBe(steps[1])
    expect(nextStep([steps[0], steps[3]].filter((step) => step !== undefined))).toBe(steps[0])
  })

  test('continues with required steps in order, then optional ones, then none', () => {
    const [first, second, third] = [optional('NOT_CONNECTED'), required('LIVE'), required('EXPIRED')]
    expect(nextStep([first, second, third])).toBe(third)
    expect(nextStep([first, second])).toBe(first)
    expect(nextStep([second])).toBeNull()
  })
})

test('a connection is repaired by its user, or by an operator while its connector is unavailable', () => {
  expect(connectionRemedy('LIVE', true)).toBeNull()
  expect(connectionRemedy('LIVE', false)).toBeNull()
  expect(connectionRemedy('EXPIRED', true)).toBe('REAUTHORIZE')
  expect(connectionRemedy('BROKEN', true)).toBe('REAUTHORIZE')
  expect(connectionRemedy('BROKEN', false)).toBe('ASK_OPERATOR')
})
