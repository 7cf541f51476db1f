import { expect, test } from 'vitest'
import { authorizationOfInterest } from '../../../src/domain/view/authorization-of-interest.js'
import type { AuthorizationRow, ConnectionRow } from '../../../src/domain/view/user-state.js'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute))
const setup = { id: 'this setup', startedAt: at(0) }

/** @param times minutes of the start and the end */
function row(status: AuthorizationRow['status'], [start, end]: [number, number?], connectionId: string | null = null) {
  const whose = { setupId: setup.id as string | null, targetConnectionId: null as string | null, connectionId }
  return { id: `${status} at ${start}`, status, ...whose, createdAt: at(start), endedAt: end ? at(end) : null }
}

/** What a step shows of these, which are in any order. */
function shown(rows: ReturnType<typeof row>[], connection: Partial<ConnectionRow> | null = null) {
  const newestFirst = rows.toSorted((one, other) => other.createdAt.getTime() - one.createdAt.getTime())
  return authorizationOfInterest(newestFirst as AuthorizationRow[], setup, connection as ConnectionRow | null)?.id
}

const live = { id: 'c', authorizedAt: at(1), problemSince: null }

test('the latest denial or failure is shown', () => {
  expect(shown([])).toBeUndefined()
  expect(shown([row('DENIED', [1, 2])])).toBe('DENIED at 1')
  expect(shown([row('DENIED', [1, 2]), row('FAILED', [3, 4])])).toBe('FAILED at 3')
})

test('an older one never takes the place of one that the person canceled', () => {
  expect(shown([row('DENIED', [1, 2]), row('CANCELED', [3, 4])])).toBeUndefined()
  expect(shown([row('DENIED', [1, 5]), row('CANCELED', [3, 4])])).toBe('DENIED at 1')
})

test('an older one never takes the place of a success, even if its connection is gone', () => {
  expect(shown([row('DENIED', [1, 2]), row('SUCCEEDED', [3, 4])], null)).toBeUndefined()
  expect(shown([row('DENIED', [1, 2]), row('SUCCEEDED', [3, 4], 'c')], { ...live, authorizedAt: at(4) })).toBe(
    'SUCCEEDED at 3',
  )
})

test('what a success superseded does not count', () => {
  const rows = [row('SUCCEEDED', [1, 5], 'c'), row('SUPERSEDED', [2, 5])]
  expect(shown(rows, { ...live, authorizedAt: at(5) })).toBe('SUCCEEDED at 1')
})

test('the one that was started last is shown while it is open, and an older open one if nothing else says anything', () => {
  expect(shown([row('DENIED', [1, 4]), row('OPENED', [3])])).toBe('OPENED at 3')
  expect(shown([row('OPENED', [1]), row('DENIED', [3, 4])])).toBe('DENIED at 3')
  expect(shown([row('OPENED', [1]), row('CANCELED', [3, 4])])).toBe('OPENED at 1')
})

test('what ended before the setup was started is not shown, but what is still open is', () => {
  expect(shown([row('DENIED', [-3, -1])])).toBeUndefined()
  expect(shown([row('OPENED', [-3])])).toBe('OPENED at -3')
})

test('a failure is over once the connection was authorized again or got a problem, and not before', () => {
  expect(shown([row('DENIED', [2, 3])], live)).toBe('DENIED at 2')
  expect(shown([row('DENIED', [2, 3])], { ...live, authorizedAt: at(4) })).toBeUndefined()
  expect(shown([row('DENIED', [2, 3])], { ...live, problemSince: at(4) })).toBeUndefined()
  expect(shown([row('DENIED', [5, 6])], { ...live, problemSince: at(4) })).toBe('DENIED at 5')
})

/** The same, started to repair this connection. */
const repairing = (connectionId: string, started: ReturnType<typeof row>) => ({
  ...started,
  targetConnectionId: connectionId,
})
/** The same, started on a page that is about no setup. */
const elsewhere = (started: ReturnType<typeof row>) => ({ ...started, setupId: null })

test('what was started for another setup is not shown', () => {
  expect(shown([{ ...row('DENIED', [1, 2]), setupId: 'another setup' }])).toBeUndefined()
})

test('a failed repair is shown only if the step uses the connection to repair', () => {
  const failed = row('FAILED', [2, 3])
  for (const started of [failed, elsewhere(failed)]) {
    expect(shown([repairing('c', started)], live)).toBe('FAILED at 2')
    expect(shown([repairing('another', started)], live)).toBeUndefined()
    expect(shown([repairing('another', started)], null)).toBeUndefined()
  }
})

test('an open repair that was started for no setup is shown only if the step uses the connection to repair', () => {
  const open = row('OPENED', [2])
  expect(shown([repairing('c', elsewhere(open))], live)).toBe('OPENED at 2')
  expect(shown([repairing('another', elsewhere(open))], live)).toBeUndefined()
  // If it succeeds, the step uses that connection.
  expect(shown([repairing('another', open)], live)).toBe('OPENED at 2')
})

test('what was started for no setup, to connect a new account, is shown only while the step has no connection', () => {
  for (const started of [row('OPENED', [2]), row('DENIED', [2, 3])]) {
    expect(shown([elsewhere(started)], null)).toBe(started.id)
    expect(shown([elsewhere(started)], live)).toBeUndefined()
  }
  expect(shown([elsewhere(row('SUCCEEDED', [2, 3], 'another'))], live)).toBeUndefined()
  expect(shown([elsewhere(row('SUCCEEDED', [2, 3], 'c'))], live)).toBe('SUCCEEDED at 2')
})
