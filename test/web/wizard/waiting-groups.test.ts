import { expect, test } from 'vitest'
import { waitingGroups } from '../../../src/web/wizard/parts/waiting-groups.js'

test('apps that lack only permissions are separate from those to connect, each in their order', () => {
  const lacking = new Set(['mail', 'desk'])
  expect(waitingGroups(['mail', 'calendar', 'desk', 'notes'], (app) => lacking.has(app))).toEqual({
    waiting: ['calendar', 'notes'],
    lacking: ['mail', 'desk'],
  })
})
