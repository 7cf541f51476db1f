import type { Notifier } from '../domain/ports/notifier.js'
import type { Bus } from './bus.js'
import type { Watchers } from './watchers.js'

/**
 * Notifies local subscribers directly, and other instances through the bus.
 * @param sweep finds what was lost while the bus was away
 * @param follow brings this instance's catalogue up to date, which wakes the subscribers that the change concerns
 * @param changed called for each user whose state has changed, before any subscriber is notified
 * @throws BusError if other instances' notifications can't be received
 */
export async function createNotifier(
  watchers: Watchers,
  bus: Bus,
  sweep: () => void,
  follow: (catalogueRevision: number) => void,
  changed: (userId: string) => void = () => {},
): Promise<Notifier> {
  function notifyOf(userId: string, committedAt: number): void {
    changed(userId)
    watchers.notify(userId, committedAt)
  }
  await bus.subscribe({
    notified: (notification) =>
      'userId' in notification
        ? notifyOf(notification.userId, notification.committedAt)
        : follow(notification.catalogueRevision),
    resumed: sweep,
  })
  return {
    notify({ userId, revision }) {
      const committedAt = Date.now()
      notifyOf(userId, committedAt)
      bus.publish({ userId, revision, committedAt })
    },
    notifyCatalogue(revision) {
      follow(revision)
      bus.publish({ catalogueRevision: revision })
    },
  }
}
