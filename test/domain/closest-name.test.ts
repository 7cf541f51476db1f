import { expect, test } from 'vitest'
import { closestName } from '../../src/domain/closest-name.js'

const KNOWN = ['PORT', 'PUBLIC_URL', 'HOST', 'create-key', 'list-keys']

test.each([
  ['PROT', 'PORT'],
  ['PORTS', 'PORT'],
  ['PUBLC_URL', 'PUBLIC_URL'],
  ['creat-key', 'create-key'],
  ['raete-cky', undefined],
  ['', undefined],
  ['X', undefined],
])('%j was most likely meant to be %j', (given, meant) => {
  expect(closestName(given, KNOWN)).toBe(meant)
})
