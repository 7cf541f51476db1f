import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLogOutput } from '../../src/observability/log-output.js'
import { createLogger } from '../../src/observability/logger.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  for (const listener of process.listeners('exit').slice(listenersBefore)) process.off('exit', listener)
})

const listenersBefore = process.listenerCount('exit')

function gathering() {
  const writes: string[] = []
  const logger = createLogger('info', createLogOutput({ write: (text) => void writes.push(text) }))
  const messages = () => writes.map((text) => Array.from(text.matchAll(/"msg":"([^"]*)"/g), ([, message]) => message))
  return { logger, messages }
}

test('lines that come close together are one write', () => {
  const { logger, messages } = gathering()
  logger.info('one')
  logger.info('two')
  expect(messages()).toEqual([])
  vi.advanceTimersByTime(50)
  logger.info('three')
  vi.advanceTimersByTime(50)
  expect(messages()).toEqual([['one', 'two'], ['three']])
})

test('an error is written immediately, after what came before it', () => {
  const { logger, messages } = gathering()
  logger.info('before')
  logger.error('broken')
  expect(messages()).toEqual([['before', 'broken']])
  vi.advanceTimersByTime(50)
  expect(messages()).toHaveLength(1)
})

test('lines don’t pile up until their time has come', () => {
  const { logger, messages } = gathering()
  for (let count = 0; count < 20; count++) logger.info('x'.repeat(1_000))
  expect(messages()).toHaveLength(1)
})

test('what is left is written when the process exits', () => {
  const { logger, messages } = gathering()
  logger.info('last')
  for (const listener of process.listeners('exit').slice(listenersBefore)) listener(0)
  expect(messages()).toEqual([['last']])
})
