import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { holdNotification } from '../../../src/domain/authorization/held-notification.js'

const CHANGE = { userId: 'ada', revision: 7 }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function hold() {
  const heard: unknown[] = []
  const held = holdNotification({
    notify: (change) => void heard.push(change),
    notifyCatalogue: (revision) => void heard.push(revision),
  })
  return { heard, held }
}

test('an exchange that takes a while is notified once', () => {
  const { heard, held } = hold()
  held.notify(CHANGE)
  vi.advanceTimersByTime(249)
  expect(heard).toEqual([])
  vi.advanceTimersByTime(1)
  expect(heard).toEqual([CHANGE])
  held.release()
  expect(heard).toEqual([CHANGE])
})

test('an exchange that is over quickly is never notified', () => {
  const { heard, held } = hold()
  held.notify(CHANGE)
  held.drop()
  vi.runAllTimers()
  held.release()
  expect(heard).toEqual([])
})

test('a change that starts no exchange is notified immediately', () => {
  const { heard, held } = hold()
  held.notify(CHANGE)
  held.release()
  expect(heard).toEqual([CHANGE])
  vi.runAllTimers()
  expect(heard).toEqual([CHANGE])
})
