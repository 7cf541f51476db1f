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
    ['without a connection is not connected', {}, 'NOT_CONNECTED'],
    ['with an attempt under way is authorizing', { authorizing: true }, 'AUTHORIZING'],
    ['with a live connection is live', { connection: { status: 'LIVE' } }, 'LIVE'],
    [
      'stays live while another account is being connected',
      { connection: { status: 'LIVE' }, authorizing: true },
      'LIVE',
    ],
    ['lacks scopes', { connection: { status: 'LIVE' }, missingScopes: ['a'] }, 'MISSING_SCOPES'],
    [
      'is authorizing while missing scopes are being granted',
      { connection: { status: 'LIVE' }, missingScopes: ['a'], authorizing: true },
      'AUTHORIZING',
    ],
    [
      'says expired before it says that scopes are missing',
      { connection: { status: 'EXPIRED' }, missingScopes: ['a'] },
      'EXPIRED',
    ],
    ['is broken', { connection: { status: 'BROKEN' } }, 'BROKEN'],
    [
      'is unavailable without credentials, even with a live connection',
      { available: false, connection: { status: 'LIVE' } },
      'UNAVAILABLE',
    ],
  ])('%s', (_name, changes, status) => {
    expect(stepStatus(facts(changes))).toBe(status)
  })

  test('has one remedy for each status, and none when it is live', () => {
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

const required = (status: StepStatus) => ({ status, optional: false })
const optional = (status: StepStatus) => ({ status, optional: true })

describe('a setup', () => {
  test('without required steps is ready', () => {
    expect(setupStatus([])).toBe('READY')
    expect(setupStatus([optional('NOT_CONNECTED'), optional('BROKEN')])).toBe('READY')
  })

  test('is ready when every required step is live, and not before', () => {
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

  test('counts required and optional steps apart', () => {
    const steps = [
      required('LIVE'),
      required('BROKEN'),
      required('NOT_CONNECTED'),
      optional('LIVE'),
      optional('BROKEN'),
    ]
    expect(stepCounts(steps)).toEqual({ required: 3, done: 1, needsAttention: 1, optionalDone: 1 })
  })

  test('leads on to required steps in order, then to optional ones, then nowhere', () => {
    const [first, second, third] = [optional('NOT_CONNECTED'), required('LIVE'), required('EXPIRED')]
    expect(nextStep([first, second, third])).toBe(third)
    expect(nextStep([first, second])).toBe(first)
    expect(nextStep([second])).toBeNull()
  })
})

test('a connection as such is repaired by its user, or by an operator while its connector is unavailable', () => {
  expect(connectionRemedy('LIVE', true)).toBeNull()
  expect(connectionRemedy('LIVE', false)).toBeNull()
  expect(connectionRemedy('EXPIRED', true)).toBe('REAUTHORIZE')
  expect(connectionRemedy('BROKEN', true)).toBe('REAUTHORIZE')
  expect(connectionRemedy('BROKEN', false)).toBe('ASK_OPERATOR')
})
