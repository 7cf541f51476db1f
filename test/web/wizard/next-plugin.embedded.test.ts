import { expect, test } from 'vitest'
import type { Remedy, SetupStatus } from '../../../src/generated/documents/graphql.js'
import { nextPlugin } from '../../../src/web/wizard/parts/next-plugin.js'
import type { SetupToName } from '../../../src/web/wizard/parts/steps-in-trouble.js'

const [EARLIER, STARTED] = ['2026-01-01T12:00:00.000Z', '2026-01-02T12:00:00.000Z']
const plugin = (status: SetupStatus, remedy: Remedy | null, steps: SetupToName['steps'] = []) => ({
  setup: { status, startedAt: STARTED, steps, nextStep: remedy && { remedy } },
})
const started = plugin('IN_PROGRESS', 'CONNECT')

test('a setup to repair comes first, wherever it is in the list', () => {
  const broken = plugin('NEEDS_ATTENTION', 'REAUTHORIZE')
  expect(nextPlugin([{ setup: null }, started, broken])).toBe(broken)
  expect(nextPlugin([{ setup: null }, started])).toBe(started)
})

test('a setup in trouble comes before one that only needs more permissions', () => {
  const requirement = { optional: false }
  const asking = plugin('NEEDS_ATTENTION', 'GRANT_SCOPES', [
    { status: 'MISSING_SCOPES', requirement, connection: { connectedAt: EARLIER } },
  ])
  const broken = plugin('NEEDS_ATTENTION', 'REAUTHORIZE', [{ status: 'BROKEN', requirement }])
  expect(nextPlugin([started, asking, broken])).toBe(broken)
  expect(nextPlugin([started, asking])).toBe(asking)
})

test('a setup that only waits for an operator is never next, and one with more to connect is', () => {
  const waiting = plugin('NEEDS_ATTENTION', 'ASK_OPERATOR')
  expect(nextPlugin([waiting, started])).toBe(started)
  expect(nextPlugin([waiting])).toBeUndefined()
  const rest = plugin('NEEDS_ATTENTION', 'CONNECT')
  expect(nextPlugin([rest, started])).toBe(rest)
})

test('a setup that is ready is never next, although an optional app could be connected', () => {
  expect(nextPlugin([plugin('READY', 'CONNECT'), plugin('READY', null)])).toBeUndefined()
})
