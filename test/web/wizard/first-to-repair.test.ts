import { expect, test } from 'vitest'
import type { Remedy } from '../../../src/generated/documents/graphql.js'
import { firstToRepair } from '../../../src/web/wizard/parts/first-to-repair.js'

interface Row {
  name: string
  remedy?: Remedy
  /** What it lacks permissions for. */
  lacks?: string
  areWithheld?: boolean
  areBeingGranted?: boolean
  needAdministrator?: boolean
}

function primary(...rows: Row[]): string | undefined {
  const neededFor = ({ lacks, areWithheld = false, areBeingGranted = false, needAdministrator = false }: Row) => {
    return { lacking: lacks ? [lacks] : [], areWithheld, areBeingGranted, needAdministrator }
  }
  return firstToRepair(rows, neededFor)?.name
}

const unasked: Row = { name: 'unasked', lacks: 'a plugin' }
const withheld: Row = { name: 'withheld', lacks: 'a plugin', areWithheld: true }
const broken: Row = { name: 'broken', remedy: 'REAUTHORIZE' }

test('what is wrong is repaired before permissions are granted that no one has asked for yet', () => {
  expect(primary(unasked, withheld)).toBe('withheld')
  expect(primary(unasked, withheld, broken)).toBe('broken')
  expect(primary({ name: 'healthy' }, unasked)).toBe('unasked')
})

test('while permissions are being granted, that row stays the primary one', () => {
  expect(primary(unasked, { ...withheld, areWithheld: false, areBeingGranted: true })).toBe('withheld')
  expect(primary({ ...unasked, areBeingGranted: true }, withheld)).toBe('unasked')
})

test('what only an administrator can help with is not the primary action', () => {
  expect(primary({ ...withheld, needAdministrator: true }, { name: 'theirs', remedy: 'ASK_OPERATOR' })).toBeUndefined()
})
