import { expect, test } from 'vitest'
import { waitingGroups } from '../../../src/web/wizard/parts/waiting-groups.js'

const REPAIRS = { mail: 'grant', desk: 'reconnect', chat: 'reconnect', calendar: null, notes: null } as const

test('apps are grouped by whether they have to be connected, reconnected or asked for permissions, each in their order', () => {
  expect(waitingGroups(['mail', 'chat', 'calendar', 'desk', 'notes'] as const, (app) => REPAIRS[app])).toEqual([
    { need: 'connect', apps: ['calendar', 'notes'] },
    { need: 'reconnect', apps: ['chat', 'desk'] },
    { need: 'grant', apps: ['mail'] },
  ])
})

test('a need that no app has is left out', () => {
  expect(waitingGroups(['mail'] as const, (app) => REPAIRS[app])).toEqual([{ need: 'grant', apps: ['mail'] }])
})
