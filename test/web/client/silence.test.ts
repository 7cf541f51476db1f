import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AttemptFragment } from '../../../src/generated/client/graphql.js'
import { type ConnectState, connectApp } from '../../../src/web/client/connect-app.js'
import type { Observer, Transport } from '../../../src/web/client/transport.js'
import { type StateObserver, watchAuthorization, watchSetup } from '../../../src/web/client/watch.js'
import { FakeWindow } from './fake-window.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A transport whose subscriptions all get the same message, immediately or never. */
function transport({ tells, answer }: { tells?: object; answer?: Promise<never> } = {}) {
  const observers: Observer<never>[] = []
  const made: Transport = {
    execute: () => answer ?? new Promise(() => {}),
    subscribe(_operation, _variables, observer) {
      observers.push(observer as Observer<never>)
      if (tells) observer.next(tells as never)
      return () => {}
    },
  }
  return { ...made, observers }
}

const attempt = { id: 'a', revision: 1, status: 'OPENED' } as AttemptFragment

test('a start that is never answered fails after 30 seconds and closes its window', async () => {
  const browser = new FakeWindow('https://host.example/')
  const states: ConnectState['phase'][] = []
  const onChange = ({ phase }: ConnectState) => void states.push(phase)
  const connecting = connectApp(transport(), { connectorId: 'c', onChange }, browser.asWindow())
  await vi.advanceTimersByTimeAsync(29_000)
  expect(states).toEqual([])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await connecting.done).toMatchObject({
    phase: 'unreachable',
    error: { message: expect.stringContaining('in time') },
  })
  expect(states).toEqual(['unreachable'])
  expect(browser.popup.closed).toBe(true)
})

test('a subscription that has gone silent is renewed until its authorization has ended', async () => {
  const line = transport()
  const seen: string[] = []
  const stop = watchAuthorization(line, 'a', { next: ({ status }) => void seen.push(status) })
  line.observers[0]?.next({ authorizationStatus: attempt } as never)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(line.observers).toHaveLength(2)
  line.observers[1]?.next({ authorizationStatus: { ...attempt, revision: 2, status: 'EXPIRED' } } as never)
  await vi.advanceTimersByTimeAsync(600_000)
  expect(line.observers).toHaveLength(2)
  expect(seen).toEqual(['OPENED', 'EXPIRED'])
  stop()
})

test('a transport may deliver a result before subscribe has returned', () => {
  const line = transport({ tells: { setupProgress: null } })
  let gone = 0
  watchSetup(line, 's', { next: () => {}, gone: () => void gone++ })
  expect(gone).toBe(1)
  expect(line.observers).toHaveLength(1)
})

test('the methods of an observer that is a class instance are called on the instance', async () => {
  class Screen implements StateObserver<unknown> {
    isGone = false
    next() {}
    gone() {
      this.isGone = true
    }
  }
  const screen = new Screen()
  watchSetup(transport({ tells: { setupProgress: null } }), 's', screen)
  expect(screen.isGone).toBe(true)
})
