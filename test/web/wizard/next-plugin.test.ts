import { expect, test } from 'vitest'
import type { SetupStatus, StepStatus } from '../../../src/generated/documents/graphql.js'
import { firstPlugin, nextPlugin, startedFirst } from '../../../src/web/wizard/parts/next-plugin.js'
import type { SetupToName } from '../../../src/web/wizard/parts/steps-in-trouble.js'

const [EARLIER, STARTED, LATER] = ['2026-01-01T12:00:00.000Z', '2026-01-02T12:00:00.000Z', '2026-01-03T12:00:00.000Z']
const required = { optional: false }
const step = (status: StepStatus, connectedAt = LATER, code?: string) => ({
  status,
  requirement: required,
  connection:
    status === 'NOT_CONNECTED' ? null : { status: status === 'BROKEN' ? status : ('LIVE' as const), connectedAt },
  authorization: code ? { failure: { code } } : null,
})
const plugin = (status: SetupStatus, ...steps: SetupToName['steps']) => ({
  setup: { status, startedAt: STARTED, steps },
})
const started = plugin('IN_PROGRESS', step('NOT_CONNECTED'))
const broken = plugin('NEEDS_ATTENTION', step('BROKEN'))

test('a setup to repair comes first, wherever it is in the list', () => {
  expect(nextPlugin([{ setup: null }, started, broken])).toBe(broken)
  expect(nextPlugin([{ setup: null }, started])).toBe(started)
})

test('a setup in trouble comes before one that only needs more permissions', () => {
  const asking = plugin('NEEDS_ATTENTION', step('MISSING_SCOPES', EARLIER))
  expect(nextPlugin([started, asking, broken])).toBe(broken)
  expect(nextPlugin([started, asking])).toBe(asking)
})

test('a setup that only waits for an administrator is never next, and one with more to connect is', () => {
  const waiting = plugin('NEEDS_ATTENTION', step('UNAVAILABLE'), step('LIVE'))
  const refused = plugin('IN_PROGRESS', step('NOT_CONNECTED', LATER, 'CLIENT_REFUSED'))
  expect(nextPlugin([waiting, refused, started])).toBe(started)
  expect(nextPlugin([waiting, refused])).toBeUndefined()
  const rest = plugin('NEEDS_ATTENTION', step('UNAVAILABLE'), step('NOT_CONNECTED'))
  expect(nextPlugin([rest, started])).toBe(rest)
})

test('a setup that is ready is never next, although an optional app could be connected', () => {
  const optional = { ...step('NOT_CONNECTED'), requirement: { optional: true } }
  expect(nextPlugin([plugin('READY', step('LIVE'), optional), plugin('READY')])).toBeUndefined()
})

test('a setup with a broken connection of an optional app is to be repaired, after those that don’t work yet', () => {
  const optional = plugin('READY', { ...step('BROKEN'), requirement: { optional: true } })
  expect(nextPlugin([optional, started])).toBe(started)
  expect(nextPlugin([plugin('READY'), optional])).toBe(optional)
})

test('a newcomer starts with a plugin whose required apps can all be connected', () => {
  const needing = (...available: boolean[]) => ({
    requirements: available.map((available) => ({ optional: false, connector: { available } })),
  })
  const [waiting, plain, whole] = [needing(true, false), needing(), needing(true)]
  expect(firstPlugin([plain, waiting, whole])).toBe(whole)
  expect(firstPlugin([waiting, plain])).toBe(plain)
  expect(firstPlugin([waiting])).toBe(waiting)
  const optional = { requirements: [{ optional: true, connector: { available: false } }] }
  expect(firstPlugin([waiting, optional])).toBe(optional)
})

test('plugins that the person has started to set up come first, and the rest stays in its order', () => {
  const [one, other] = [{ setup: null }, { setup: null }]
  expect(startedFirst([one, started, other, broken])).toEqual([started, broken, one, other])
})
