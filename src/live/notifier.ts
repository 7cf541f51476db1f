import type { Doorbell } from '../domain/change/revision.js'
import type { Bus } from './bus.js'
import { createSpread } from './spread.js'
import type { Watchers } from './watchers.js'

/**
 * Rings local screens at once, other instances through the bus.
 * @param sweep finds what was lost while the bus was away
 * @throws BusError when other instances cannot be heard
 */
export async function createDoorbell(
  watchers: Watchers,
  bus: Bus,
  sweep: () => void,
): Promise<Doorbell & { close(): void }> {
  const spread = createSpread()
  const ringEverybody = () => spread.forEach(watchers.users(), (userId) => watchers.ring(userId))
  await bus.subscribe({
    ring: (ring) => ('userId' in ring ? watchers.ring(ring.userId, ring.committedAt) : ringEverybody()),
    resumed: sweep,
  })
  return {
    ring({ userId, revision }) {
      const committedAt = Date.now()
      watchers.ring(userId, committedAt)
      bus.publish({ userId, revision, committedAt })
    },
    ringCatalogue(revision) {
      ringEverybody()
      bus.publish({ catalogueRevision: revision })
    },
    close: spread.close,
  }
}
