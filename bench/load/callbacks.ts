import { Agent, get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { subscribers } from './subscribers.js'
import type { Call, CallResult, CallTask } from './tasks.js'

/** How much longer than planned the callbacks and their messages may take. */
const PATIENCE_MS = 25_000
const agent = new Agent({ keepAlive: true, maxSockets: 256 })

/**
 * Sends callbacks at a steady rate, at most one at a time for each user, and waits for the message that each of them
 * causes. If the server falls behind, users stay busy and the rate drops.
 */
export async function call({ calls, perSecond }: CallTask): Promise<CallResult> {
  const responseMs: number[] = []
  const pushMs: number[] = []
  const inFlight: Promise<void>[] = []
  const queue = [...calls]
  const startedAt = performance.now()
  const endsAt = startedAt + (calls.length / perSecond) * 1_000 + PATIENCE_MS
  while (queue.length > 0 && performance.now() < endsAt) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond) + 1
    while (inFlight.length < due) {
      const index = queue.findIndex(({ userId }) => !subscribers.get(userId)?.awaited)
      const [next] = index < 0 ? [] : queue.splice(index, 1)
      if (!next) break
      inFlight.push(callOne(next, responseMs, pushMs))
    }
    await pause(1)
  }
  const waiting = new AbortController()
  await Promise.race([
    Promise.all(inFlight),
    pause(endsAt - performance.now(), undefined, { signal: waiting.signal }).catch(() => undefined),
  ])
  waiting.abort()
  const seconds = (performance.now() - startedAt) / 1_000
  const answered = Math.min(pushMs.length, responseMs.length)
  return { perSecond: calls.length / seconds, lost: calls.length - answered, responseMs, pushMs }
}

/** Settles once both the response and the message are here. A refused callback counts as lost, and settles too. */
async function callOne(
  { userId, port, path, headers, tag }: Call,
  responseMs: number[],
  pushMs: number[],
): Promise<void> {
  const subscriber = subscribers.get(userId)
  if (!subscriber) return
  const sentAt = performance.now()
  const pushed = new Promise<void>((resolve) => {
    subscriber.awaited = {
      tag,
      arrived(at) {
        pushMs.push(at - sentAt)
        resolve()
      },
    }
  })
  const status = await new Promise<number>((resolve) => {
    get({ agent, host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    }).on('error', () => resolve(0))
  })
  if (status !== 302 && status !== 303) {
    subscriber.awaited = null
    return
  }
  responseMs.push(performance.now() - sentAt)
  await pushed
}
