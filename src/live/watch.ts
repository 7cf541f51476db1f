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
 *
 * Each step waits in a call of its own, because a waiting generator would keep the last state alive.
 * @throws NotAdmittedError if the reader's token is no longer accepted
 */
export function watch<T extends { revision: number }>(
  listen: (signal: AbortSignal) => Listener,
  read: () => Promise<T>,
  { since, signal, telemetry }: WatchOptions,
): AsyncIterableIterator<T, undefined> & { return(): Promise<IteratorReturnResult<undefined>> } {
  let listener: Listener | undefined
  let sent = since
  /** When the change was committed that the consumer was given last. */
  let givenCommittedAt: number | undefined
  let ended = false

  function end(): IteratorReturnResult<undefined> {
    ended = true
    listener?.[Symbol.dispose]()
    return { done: true, value: undefined }
  }

  /** The consumer has taken the last state and asks to continue, or to end. If it left, it has aborted. */
  function notePushed(): void {
    if (givenCommittedAt !== undefined && !signal.aborted) telemetry.pushed(Date.now() - givenCommittedAt)
    givenCommittedAt = undefined
  }

  /** Reads once. Returns undefined if the consumer has that revision. */
  async function look(heard: Listener): Promise<IteratorResult<T, undefined> | undefined> {
    const committedAt = heard.takeCommittedAt()
    const state = await persistently(read, signal, telemetry.readFailed)
    if (!state) return end()
    heard.sent(state.revision)
    if (state.revision === sent) return undefined
    sent = state.revision
    givenCommittedAt = committedAt
    return { done: false, value: state }
  }

  return {
    async next() {
      notePushed()
      try {
        let found: IteratorResult<T, undefined> | undefined
        while (!found) {
          if (ended) return end()
          if (!listener) listener = listen(signal)
          else if (!(await listener.notified())) return end()
          found = await look(listener)
        }
        return found
      } catch (error) {
        end()
        throw error
      }
    },
    async return() {
      notePushed()
      return end()
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
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
