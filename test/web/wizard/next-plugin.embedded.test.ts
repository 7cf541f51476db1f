import { expect, test } from 'vitest'
import type { Remedy, SetupStatus } from '../../../src/generated/documents/graphql.js'
import { nextPlugin } from '../../../src/web/wizard/parts/next-plugin.js'

const plugin = (status: SetupStatus, remedy: Remedy | null) => ({ setup: { status, nextStep: remedy && { remedy } } })
const started = plugin('IN_PROGRESS', 'CONNECT')

test('a setup to repair comes first, wherever it is in the list', () => {
  const broken = plugin('NEEDS_ATTENTION', 'REAUTHORIZE')
  expect(nextPlugin([{ setup: null }, started, broken])).toBe(broken)
  expect(nextPlugin([{ setup: null }, started])).toBe(started)
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
