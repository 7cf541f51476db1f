import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CatalogueMemory } from '../../../src/domain/catalogue/catalogue-memory.js'
import type { LoadedCatalogue } from '../../../src/domain/catalogue/load-catalogue.js'

test('readers that waited for a changed catalogue don’t all continue in one turn of the event loop', async () => {
  const loaded: LoadedCatalogue = { revision: 1, changeId: null, plugins: new Map(), connectors: new Map() }
  let finish = (_: LoadedCatalogue): void => {}
  const loading = new Promise<LoadedCatalogue>((resolve) => {
    finish = resolve
  })
  let loads = 0
  const memory = new CatalogueMemory(
    () => {
      loads++
      return loading
    },
    async () => 1,
  )
  let inThisTurn = 0
  let most = 0
  const readers = Array.from({ length: 1_000 }, () =>
    memory.at(1).then((catalogue) => {
      expect(catalogue).toBe(loaded)
      most = Math.max(most, ++inThisTurn)
    }),
  )
  const all = Promise.all(readers).then(() => 'all')
  finish(loaded)
  while ((await Promise.race([all, turn('not yet')])) !== 'all') inThisTurn = 0
  expect(loads).toBe(1)
  expect(most).toBeLessThanOrEqual(100)
})
