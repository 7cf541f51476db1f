import { expect, test } from 'vitest'
import { StateMemory } from '../../../src/domain/view/state-memory.js'

const state = (version: string, length = 10) => ({ version, text: 'x'.repeat(length) })

test('returns the last state of each user', () => {
  const memory = new StateMemory(100)
  memory.set('ada', state('1'))
  memory.set('ben', state('4'))
  memory.set('ada', state('2'))
  expect([memory.get('ada')?.version, memory.get('ben')?.version, memory.get('cleo')]).toEqual(['2', '4', undefined])
})

test('forgets what was used longest ago once its texts are too long together', () => {
  const memory = new StateMemory(30)
  memory.set('ada', state('1'))
  memory.set('ben', state('1'))
  memory.set('cleo', state('1'))
  memory.get('ada')
  memory.set('dora', state('1', 15))
  expect(['ada', 'ben', 'cleo', 'dora'].filter((user) => memory.get(user))).toEqual(['ada', 'dora'])
})

test('counts a text once, however often it is replaced', () => {
  const memory = new StateMemory(30)
  memory.set('ada', state('1'))
  for (let version = 0; version < 100; version++) memory.set('ben', state(String(version), 20))
  expect(memory.get('ada')).toBeDefined()
  expect(memory.get('ben')?.version).toBe('99')
})

test('doesn’t keep a text that is longer than all of them may be, nor the one that it replaces', () => {
  const memory = new StateMemory(30)
  memory.set('ada', state('1'))
  memory.set('ada', state('2', 31))
  expect(memory.get('ada')).toBeUndefined()
})
