import type { WebhookSender } from '../domain/ports/webhook-sender.js'
import { leadsInside } from './address-guard.js'
import { createGuardedAgent, isPrivateAddress, type Network } from './guarded-agent.js'
import { retryAfterMs } from './retry-after.js'

const TIMEOUT_MS = 10_000
/** How much of a response is discarded, and for how long, to keep the connection. Beyond that, it is closed. */
const DISCARDED = { bytes: 4_096, ms: 1_000 }

/**
 * Posts to receivers: ten seconds for everything up to the status, connections kept alive, no redirects, and only
 * addresses that are allowed (see createGuardedAgent).
 * @param timeoutMs for everything up to the response's headers
 */
export function createWebhookSender({
  timeoutMs = TIMEOUT_MS,
  ...network
}: Network & { timeoutMs?: number }): WebhookSender & { close(): Promise<void> } {
  const guard = createGuardedAgent(network)
  return {
    async send({ url, headers, body }) {
      const { undici, agent } = await guard.open()
      const tooLate = new AbortController()
      const timer = setTimeout(() => tooLate.abort(), timeoutMs)
      try {
        const response = await undici.request(url, {
          method: 'POST',
          headers,
          body,
          dispatcher: agent,
          signal: tooLate.signal,
        })
        const signal = AbortSignal.timeout(DISCARDED.ms)
        response.body.dump({ limit: DISCARDED.bytes, signal }).catch(() => {})
        const { 'retry-after': retryAfter } = response.headers
        // A repeated header has no clear meaning.
        const value = typeof retryAfter === 'string' ? retryAfter : null
        return { status: response.statusCode, retryAfterMs: retryAfterMs(value, Date.now()) }
      } catch (error) {
        if (isPrivateAddress(error)) return { fault: 'PRIVATE_ADDRESS' }
        return { fault: tooLate.signal.aborted ? 'TIMED_OUT' : 'UNREACHABLE' }
      } finally {
        clearTimeout(timer)
      }
    },
    refuses: (hostname) => leadsInside(guard.addresses, hostname),
    close: guard.close,
  }
}
