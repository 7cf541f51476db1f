import { expect, test } from 'vitest'
import { blockingApps, unavailableApps } from '../../../src/web/wizard/parts/unavailable-apps.js'

test('apps that aren’t set up are named, and only required ones keep a setup from being finished', () => {
  const requirements = [
    { optional: false, connector: { name: 'Acme Mail', available: true } },
    { optional: false, connector: { name: 'Acme Desk', available: false } },
    { optional: true, connector: { name: 'GitHub', available: false } },
  ]
  expect(unavailableApps(requirements)).toEqual(['Acme Desk', 'GitHub'])
  expect(blockingApps(requirements)).toEqual(['Acme Desk'])
})
