import { expect, test } from 'vitest'
import type { StepStatus } from '../../../src/generated/documents/graphql.js'
import { whatIsReady } from '../../../src/web/wizard/parts/what-is-ready.js'

const [EARLIER, STARTED, LATER] = ['2026-01-01T12:00:00.000Z', '2026-01-02T12:00:00.000Z', '2026-01-03T12:00:00.000Z']

/** A ready setup with these optional apps, named by a letter each, whose skills wait for the last ones. */
function ready(statuses: StepStatus[], waitingFor: string[] = [], connectedAt = LATER, code?: string) {
  const steps = statuses.map((status, index) => {
    const id = 'ABC'[index] ?? ''
    const live = status === 'BROKEN' ? status : ('LIVE' as const)
    return {
      status,
      requirement: { optional: true },
      connector: { id, name: id },
      connection: status === 'NOT_CONNECTED' || status === 'UNAVAILABLE' ? null : { status: live, connectedAt },
      authorization: code ? { failure: { code } } : null,
    }
  })
  const skills = waitingFor.map((id) => ({ waitingFor: [{ id }] }))
  const { more, apps } = whatIsReady({ status: 'READY', startedAt: STARTED, steps, skills })
  return [more, ...apps].join(' ')
}

test('a ready setup names the optional apps to repair, whether a skill waits for them or not', () => {
  expect(ready(['BROKEN', 'LIVE'])).toBe('reconnect A')
  expect(ready(['MISSING_SCOPES', 'MISSING_SCOPES'], ['A'])).toBe('grant A B')
  expect(ready(['BROKEN', 'NOT_CONNECTED', 'MISSING_SCOPES'], ['B', 'C'])).toBe('several A C')
})

test('permissions that no one has asked for yet are to be granted only if a skill waits for them', () => {
  expect(ready(['MISSING_SCOPES'], ['A'], EARLIER)).toBe('grant A')
  expect(ready(['MISSING_SCOPES'], [], EARLIER)).toBe('whole')
})

test('otherwise a ready setup asks for optional apps that skills wait for, or says that they are up to an administrator', () => {
  expect(ready(['NOT_CONNECTED', 'UNAVAILABLE'])).toBe('whole')
  expect(ready(['NOT_CONNECTED', 'UNAVAILABLE'], ['A', 'B'])).toBe('connect A')
  expect(ready(['NOT_CONNECTED', 'UNAVAILABLE'], ['B'])).toBe('administrator')
  expect(ready(['NOT_CONNECTED'], ['A'], LATER, 'CLIENT_REFUSED')).toBe('administrator')
})
