import type { WebhookSender } from '../domain/ports/webhook-sender.js'
import { createGuardedAgent, type Network } from './guarded-agent.js'
import { networkReasonOf } from './network-reason.js'
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
      await guard.open() // loading undici isn't part of the time
      const tooLate = new AbortController()
      const timer = setTimeout(() => tooLate.abort(), timeoutMs)
      try {
        const response = await guard.request(url, {
          method: 'POST',
          headers,
          body,
          signal: tooLate.signal,
        })
        const signal = AbortSignal.timeout(DISCARDED.ms)
        response.body.dump({ limit: DISCARDED.bytes, signal }).catch(() => {})
        const { 'retry-after': retryAfter } = response.headers
        // A repeated header has no clear meaning.
        const value = typeof retryAfter === 'string' ? retryAfter : null
        return { status: response.statusCode, retryAfterMs: retryAfterMs(value, Date.now()) }
      } catch (error) {
        const reason = networkReasonOf(error)
        if (reason === 'PRIVATE_ADDRESS') return { fault: 'PRIVATE_ADDRESS' }
        if (reason === 'PROXY_REFUSED') return { fault: 'PROXY_REFUSED' }
        if (reason === 'PROXY_UNREACHABLE') return { fault: 'PROXY_UNREACHABLE' }
        return { fault: tooLate.signal.aborted ? 'TIMED_OUT' : 'UNREACHABLE' }
      } finally {
        clearTimeout(timer)
      }
    },
    refuses: guard.addresses.refuses,
    close: guard.close,
  }
}
