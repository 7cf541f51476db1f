import { expect, test } from 'vitest'
import { StateMemory } from '../../../src/domain/view/state-memory.js'

const state = (version: string, length = 10) => ({ version, text: 'x'.repeat(length) })
const remembered = (memory: StateMemory, ...users: string[]) => users.filter((user) => memory.get(user))

test('returns the last state of each user', () => {
  const memory = new StateMemory(100)
  memory.set('ada', state('1'))
  memory.set('ben', state('4'))
  memory.set('ada', state('2'))
  expect([memory.get('ada')?.version, memory.get('ben')?.version, memory.get('cleo')]).toEqual(['2', '4', undefined])
})

test('never holds more than its length, and keeps what is used', () => {
  const memory = new StateMemory(60)
  for (const user of ['ada', 'ben', 'cleo']) memory.set(user, state('1'))
  memory.set('dora', state('1')) // the first three are the older generation now
  memory.get('ada')
  memory.set('eve', state('1'))
  memory.set('finn', state('1'))
  expect(remembered(memory, 'ben', 'cleo')).toEqual([])
  expect(remembered(memory, 'ada', 'dora', 'eve', 'finn')).toEqual(['ada', 'dora', 'eve', 'finn'])
})

test('counts a text once, however often it is replaced', () => {
  const memory = new StateMemory(60)
  memory.set('ada', state('1'))
  for (let version = 0; version < 100; version++) memory.set('ben', state(String(version), 20))
  expect(memory.get('ada')).toBeDefined()
  expect(memory.get('ben')?.version).toBe('99')
})

test('doesn’t keep a text that would push out everything else, nor the one that it replaces', () => {
  const memory = new StateMemory(60)
  memory.set('ada', state('1'))
  memory.set('ada', state('2', 31))
  expect(memory.get('ada')).toBeUndefined()
})

test('forgets a user immediately, in either generation', () => {
  const memory = new StateMemory(60)
  memory.set('ada', state('1'))
  memory.age()
  memory.set('ben', state('1'))
  memory.forget('ada')
  memory.forget('ben')
  expect(remembered(memory, 'ada', 'ben')).toEqual([])
})

test('forgets what is not used from one age to the next', () => {
  const memory = new StateMemory(60)
  memory.set('ada', state('1'))
  memory.set('ben', state('1'))
  memory.age()
  memory.get('ada')
  memory.age()
  expect(remembered(memory, 'ada', 'ben')).toEqual(['ada'])
})
