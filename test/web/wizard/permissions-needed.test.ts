import { expect, test } from 'vitest'
import type { StepStatus } from '../../../src/generated/documents/graphql.js'
import { permissionsNeeded } from '../../../src/web/wizard/parts/permissions-needed.js'

const [EARLIER, LATER] = ['2026-01-01T12:00:00.000Z', '2026-01-03T12:00:00.000Z']

function setup(status: StepStatus, { connectedAt = LATER, id = 'mail', code = '' } = {}) {
  const connection = { id, status: 'LIVE' as const, connectedAt }
  const authorization = code ? { failure: { code } } : null
  const step = { status, requirement: { optional: false }, connection, authorization }
  return { startedAt: '2026-01-02T12:00:00.000Z', steps: [step] }
}

test('a connection lacks what a setup that uses it has not been granted', () => {
  const [live, withheld, other] = [setup('LIVE'), setup('MISSING_SCOPES'), setup('MISSING_SCOPES', { id: 'chat' })]
  expect(permissionsNeeded([live, withheld, other], 'mail')).toEqual({
    lacking: [withheld],
    areWithheld: true,
    areBeingGranted: false,
    needAdministrator: false,
  })
})

test('nothing is withheld if no one has asked for it yet', () => {
  const asking = setup('MISSING_SCOPES', { connectedAt: EARLIER })
  expect(permissionsNeeded([asking], 'mail')).toMatchObject({ lacking: [asking], areWithheld: false })
  expect(permissionsNeeded([asking, setup('MISSING_SCOPES')], 'mail').areWithheld).toBe(true)
})

test('permissions that are being granted are still lacking, and some can’t be granted without an administrator', () => {
  const granting = setup('AUTHORIZING')
  expect(permissionsNeeded([granting], 'mail')).toMatchObject({ lacking: [granting], areBeingGranted: true })
  const refused = setup('MISSING_SCOPES', { code: 'SCOPE_REFUSED' })
  expect(permissionsNeeded([refused], 'mail').needAdministrator).toBe(true)
  expect(permissionsNeeded([refused, setup('MISSING_SCOPES')], 'mail').needAdministrator).toBe(false)
  expect(permissionsNeeded([], 'mail').needAdministrator).toBe(false)
})
