import { pause } from '../domain/pause.js'

/** A caller who sends the next request as soon as one is refused sends two a second over each connection. */
const REFUSED_AFTER_MS = 500

/**
 * Waits before a caller who sends too much learns that. An immediate refusal costs a fraction of an answer, so a caller
 * who doesn't wait would use up the processor with refusals.
 */
export function delayRefusal(): Promise<void> {
  return pause(REFUSED_AFTER_MS, { ref: false })
}
