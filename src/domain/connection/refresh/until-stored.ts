import type { Deps } from '../../deps.js'
import { jittered, pause } from '../../pause.js'
import type { Claim } from './claim-refreshes.js'

const FIRST_STORE_PAUSE_MS = 200
const MAX_STORE_PAUSE_MS = 5_000

/**
 * Tries to store what an app sent until it works.
 * @param store called with whether an earlier try may have been committed without a confirmation
 * @throws its last error once the server stops
 */
export async function untilStored<T>(
  { telemetry }: Pick<Deps, 'telemetry'>,
  { connectorSlug }: Pick<Claim, 'connectorSlug'>,
  stopping: AbortSignal,
  store: (again: boolean) => Promise<T>,
): Promise<T> {
  for (let pauseMs = FIRST_STORE_PAUSE_MS, again = false; ; pauseMs = Math.min(pauseMs * 2, MAX_STORE_PAUSE_MS)) {
    try {
      return await store(again)
    } catch (error) {
      telemetry.tokensHeld(connectorSlug, error)
      again = true
      if (stopping.aborted) {
        telemetry.tokensLost(connectorSlug)
        throw error
      }
      await pause(jittered(pauseMs), { ref: false })
    }
  }
}
