import type { Doorbell } from '../domain/user/revision.js'
import type { Bus } from './bus.js'
import { createSpread } from './spread.js'
import type { Watchers } from './watchers.js'

/** Rings local screens at once, other instances through the bus. */
export async function createDoorbell(watchers: Watchers, bus: Bus): Promise<Doorbell & { close(): void }> {
  const spread = createSpread()
  const ringEverybody = () => spread.forEach(watchers.users(), (userId) => watchers.ring(userId))
  await bus.subscribe((ring) => ('userId' in ring ? watchers.ring(ring.userId) : ringEverybody()))
  return {
    ring({ userId, revision }) {
      watchers.ring(userId)
      bus.publish({ userId, revision })
    },
    ringCatalogue(revision) {
      ringEverybody()
      bus.publish({ catalogueRevision: revision })
    },
    close: spread.close,
  }
}
