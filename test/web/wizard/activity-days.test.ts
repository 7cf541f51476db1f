import { expect, test } from 'vitest'
import type { ActivityKind } from '../../../src/generated/documents/graphql.js'
import { activityDays } from '../../../src/web/wizard/parts/activity-days.js'
import { dayName } from '../../../src/web/wizard/times.js'

/** At a local time, so that the test passes in every time zone. */
function entry(at: string, kind: ActivityKind, connectorSlug: string | null = 'acme-mail') {
  return { at: new Date(at).toISOString(), kind, connectorSlug }
}

function grouped(...entries: ReturnType<typeof entry>[]) {
  return activityDays(entries).map(({ date, entries }) => [date, ...entries.map(({ kind }) => kind)])
}

test('activity is grouped by local day, newest first', () => {
  expect(
    grouped(
      entry('2026-11-30T00:10', 'DISCONNECTED'),
      entry('2026-11-29T23:50', 'CONNECTION_BROKEN'),
      entry('2026-11-29T08:00', 'SETUP_STARTED', null),
    ),
  ).toEqual([
    ['2026-11-30', 'DISCONNECTED'],
    ['2026-11-29', 'CONNECTION_BROKEN', 'SETUP_STARTED'],
  ])
})

test.each<ActivityKind>(['CONNECTED', 'REAUTHORIZED', 'AUTHORIZATION_DENIED', 'AUTHORIZATION_CANCELED'])(
  'the start of an authorization is one entry with its end, %s',
  (kind) => {
    const entries = [entry('2026-11-30T09:01', kind), entry('2026-11-30T09:00', 'AUTHORIZATION_STARTED')]
    expect(grouped(...entries)).toEqual([['2026-11-30', kind]])
  },
)

test('a start without an end, and one of another app, remain', () => {
  expect(
    grouped(
      entry('2026-11-30T09:03', 'AUTHORIZATION_STARTED'),
      entry('2026-11-30T09:02', 'CONNECTED'),
      entry('2026-11-30T09:01', 'AUTHORIZATION_STARTED', 'acme-chat'),
      entry('2026-11-30T09:00', 'AUTHORIZATION_STARTED'),
    ),
  ).toEqual([['2026-11-30', 'AUTHORIZATION_STARTED', 'CONNECTED', 'AUTHORIZATION_STARTED']])
})

test('an entry is about a repair if it was started as one, and an outcome if its start was', () => {
  const started = (at: string, detail: string | null) => ({ ...entry(at, 'AUTHORIZATION_STARTED'), detail })
  const failed = (at: string, detail: string) => ({ ...entry(at, 'AUTHORIZATION_FAILED'), detail })
  const days = activityDays([
    started('2026-11-30T09:09', 'REPAIR'),
    failed('2026-11-30T09:08', 'APP_REFUSED'),
    started('2026-11-30T09:07', 'REPAIR'),
    failed('2026-11-30T09:06', 'APP_REFUSED'),
    started('2026-11-30T09:05', null),
    failed('2026-11-30T09:04', 'ACCOUNT_MISMATCH'), // only a repair fails with it
  ])
  expect(days.flatMap(({ entries }) => entries.map(({ isRepair }) => isRepair))).toEqual([true, true, false, true])
})

test('days are named as people say them', () => {
  const now = new Date('2026-11-30T12:00')
  const names = ['2026-11-30', '2026-11-29', '2026-11-27'].map((date) => dayName(date, now))
  expect(names).toEqual(['Today', 'Yesterday', 'Friday, November 27'])
})
