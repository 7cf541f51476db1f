import type { Doorbell } from '../domain/user/revision.js'
import type { Bus } from './bus.js'
import type { Watchers } from './watchers.js'

/** Operators' changes concern every screen: their reads are spread over this time. */
const SPREAD_MS = 2_000

/** Rings local screens at once, other instances through the bus. */
export async function createDoorbell(watchers: Watchers, bus: Bus): Promise<Doorbell & { close(): void }> {
  const timers = new Set<NodeJS.Timeout>()
  const ringEverybody = () => {
    const users = watchers.users()
    users.forEach((userId, index) => {
      const timer = setTimeout(
        () => {
          timers.delete(timer)
          watchers.ring(userId)
        },
        (index / users.length) * SPREAD_MS,
      )
      timers.add(timer.unref())
    })
  }
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
    close() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
