import type { Notifier } from '../ports/notifier.js'

/** People don't notice anything shorter, and most exchanges are over by then. */
const SHOWN_AFTER_MS = 250

/** A notifier that delays its notification. */
export interface HeldNotification extends Notifier {
  /** Notifies now, unless it has already notified. */
  release(): void
  /** Forgets it, because a later change has been notified. */
  drop(): void
}

/**
 * Holds back the notification that an exchange has begun. Subscribers would read their whole state for a status that
 * is over milliseconds later. If the exchange takes longer, they are notified, and a process that dies before that
 * loses nothing: the revision is committed, so the sweep finds it.
 */
export function holdNotification(notifier: Notifier): HeldNotification {
  let timer: NodeJS.Timeout | undefined
  let held: (() => void) | undefined
  const drop = () => {
    clearTimeout(timer)
    held = undefined
  }
  const release = () => {
    const notify = held
    drop()
    notify?.()
  }
  return {
    notify(change) {
      held = () => notifier.notify(change)
      timer = setTimeout(release, SHOWN_AFTER_MS).unref()
    },
    notifyCatalogue: (revision) => notifier.notifyCatalogue(revision),
    release,
    drop,
  }
}
