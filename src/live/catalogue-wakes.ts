import { createSpread } from './spread.js'
import type { CurrentCatalogue, Watchers } from './watchers.js'

/** Wakes the subscribers that a changed catalogue concerns, spread over two seconds. The others go on waiting. */
export function createCatalogueWakes(watchers: Watchers) {
  const spread = createSpread()
  return {
    changed(catalogue: CurrentCatalogue): void {
      spread.forEach(
        watchers.concernedBy(catalogue),
        (watcher) => watcher,
        (watcher) => watcher.wake(Date.now()),
      )
    },
    close: spread.close,
  }
}
