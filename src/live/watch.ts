import { NotAdmittedError } from '../domain/errors.js'
import { jittered, pause } from '../domain/pause.js'
import type { ServerTelemetry } from '../observability/telemetry.js'
import type { Listener } from './watchers.js'

const FIRST_RETRY_MS = 50
const MAX_RETRY_MS = 5_000

interface WatchOptions {
  /** The revision that the client has. It is sent nothing until there is another. */
  since: number | undefined
  signal: AbortSignal
  telemetry: Pick<ServerTelemetry, 'readFailed' | 'pushed'>
}

/**
 * Yields the current state, and again after each change. The listener is registered before the first read, so no change
 * is missed. Several notifications cause one read, so a slow reader skips intermediate states and gets the last one.
 * @throws NotAdmittedError if the reader's token is no longer accepted
 */
export async function* watch<T extends { revision: number }>(
  listen: (signal: AbortSignal) => Listener,
  read: () => Promise<T>,
  { since, signal, telemetry }: WatchOptions,
): AsyncGenerator<T, void, undefined> {
  using listener = listen(signal)
  let sent = since
  do {
    const committedAt = listener.takeCommittedAt()
    const state = await persistently(read, signal, telemetry.readFailed)
    if (!state) return
    if (state.revision !== sent) {
      sent = state.revision
      listener.sent(sent)
      try {
        yield state
      } finally {
        // The consumer has taken this state and asks to continue, or to end after a last one. If it left, it has
        // aborted.
        if (committedAt !== undefined && !signal.aborted) telemetry.pushed(Date.now() - committedAt)
      }
    } else listener.sent(sent)
  } while (await listener.notified())
}

/**
 * A failed read must not end a subscription. It is repeated after a growing pause, until it works or no one listens.
 */
async function persistently<T>(
  read: () => Promise<T>,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<T | undefined> {
  for (let pauseMs = FIRST_RETRY_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, MAX_RETRY_MS)) {
    try {
      return await read()
    } catch (error) {
      if (error instanceof NotAdmittedError) throw error
      onError(error)
      await pause(jittered(pauseMs), { signal, ref: false })
    }
  }
  return undefined
}
