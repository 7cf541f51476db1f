import type { Notifier } from '../domain/ports/notifier.js'
import type { Bus } from './bus.js'
import { createSpread } from './spread.js'
import type { Watchers } from './watchers.js'

/**
 * Notifies local subscribers directly, and other instances through the bus.
 * @param sweep finds what was lost while the bus was away
 * @param changed called for each user whose state has changed, before any subscriber is notified
 * @throws BusError if other instances' notifications can't be received
 */
export async function createNotifier(
  watchers: Watchers,
  bus: Bus,
  sweep: () => void,
  changed: (userId: string) => void = () => {},
): Promise<Notifier & { close(): void }> {
  const spread = createSpread()
  const notifyEveryone = () =>
    spread.forEach(
      watchers.users(),
      (userId) => userId,
      (userId) => watchers.notify(userId),
    )
  function notifyOf(userId: string, committedAt: number): void {
    changed(userId)
    watchers.notify(userId, committedAt)
  }
  await bus.subscribe({
    notified: (notification) =>
      'userId' in notification ? notifyOf(notification.userId, notification.committedAt) : notifyEveryone(),
    resumed: sweep,
  })
  return {
    notify({ userId, revision }) {
      const committedAt = Date.now()
      notifyOf(userId, committedAt)
      bus.publish({ userId, revision, committedAt })
    },
    notifyCatalogue(revision) {
      notifyEveryone()
      bus.publish({ catalogueRevision: revision })
    },
    close: spread.close,
  }
}
