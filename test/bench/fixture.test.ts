import { expect, test } from 'vitest'
import { expectedScreen, seededRandom } from '../../bench/fixture/fixture.js'
import { parseOptions } from '../../bench/options.js'

test('the expected screen follows the rules of schema.sql', () => {
  expect(expectedScreen(1, 1)).toEqual({
    plugin: 'Plugin 1',
    skills: [1, 2, 3, 4, 5, 6].map((skill) => `Skill ${skill} of plugin 1`),
    requirements: [
      {
        connector: 'Connector 9',
        scopes: ['read:1', 'write:1', 'offline'],
        status: 'EXPIRED',
        grantedScopes: ['read:1', 'offline'],
      },
      { connector: 'Connector 14', scopes: ['read:1', 'write:2', 'offline'], status: null, grantedScopes: null },
      {
        connector: 'Connector 19',
        scopes: ['read:1', 'write:3', 'offline'],
        status: 'LIVE',
        grantedScopes: ['read:1', 'offline'],
      },
      { connector: 'Connector 4', scopes: ['read:1', 'write:4', 'offline'], status: null, grantedScopes: null },
    ],
    setupStatus: 'NOT_STARTED',
    done: 1,
    total: 4,
  })
  expect(expectedScreen(2, 4).setupStatus).toBe('IN_PROGRESS')
})

test('every contestant is asked the same sequence', () => {
  const [first, again] = [seededRandom(7), seededRandom(7)]
  const numbers = Array.from({ length: 100 }, first)
  expect(numbers).toEqual(Array.from({ length: 100 }, again))
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...numbers)).toBeLessThan(1)
})

test('the smoke run installs no peers, and an unknown word is an error', () => {
  expect(parseOptions(['--smoke'])).toMatchObject({ contestants: ['floor', 'patchbay'], rounds: 1 })
  expect(parseOptions([])).toMatchObject({ contestants: ['floor', 'mercurius', 'apollo', 'patchbay'], rounds: 5 })
  expect(parseOptions(['growth', '--parts', 'plugins'])).toMatchObject({
    mode: 'growth',
    parts: ['plugins'],
    rounds: 1,
  })
  for (const args of [['--contestants', 'postgraphile'], ['--rounds', 'many'], ['sizing'], ['--sizes', '1']]) {
    expect(() => parseOptions(args)).toThrow()
  }
})
