import { expect, test } from 'vitest'
import { attemptOfRow } from '../../../src/web/wizard/parts/attempt-of-row.js'

const mail = { id: 'mail' }
const connection = (id: string, status: 'LIVE' | 'BROKEN') => ({ id, status, connector: mail })
const repair = (id: string) => ({ id: `repair of ${id}`, connector: mail, connectionToRepair: { id } })
const another = { id: 'another', connector: mail, connectionToRepair: null }
const elsewhere = { id: 'of another app', connector: { id: 'chat' }, connectionToRepair: null }
const FIRST = { isFirstOfApp: true, areBeingGranted: false }
const NEXT = { isFirstOfApp: false, areBeingGranted: false }

test.each([
  ['its own repair', 'repair of b', connection('b', 'BROKEN'), NEXT, [another, repair('a'), repair('b')]],
  ['its own repair, even while it works', 'repair of b', connection('b', 'LIVE'), NEXT, [repair('b')]],
  ['not another’s repair', undefined, connection('a', 'BROKEN'), FIRST, [repair('b')]],
  ['what repairs none, in the first row', 'another', connection('a', 'BROKEN'), FIRST, [elsewhere, another]],
  ['what repairs none, in no other row', undefined, connection('b', 'BROKEN'), NEXT, [another]],
  ['nothing new while it works', undefined, connection('a', 'LIVE'), FIRST, [another]],
  ['what grants it permissions', 'another', connection('a', 'LIVE'), { ...FIRST, areBeingGranted: true }, [another]],
])('a row shows %s', (_, expected, shown, place, open) => {
  expect(attemptOfRow(open, { connection: shown, ...place })?.id).toBe(expected)
})
