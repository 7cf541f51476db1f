import type { EgressProxies } from '../config/egress-proxies.js'
import { createGuardedAgent } from './guarded-agent.js'

/** A fetch that goes through the proxies, for addresses that the operator chose. They may be anywhere. */
export function createProxiedFetch(proxies: EgressProxies): {
  fetch: (url: string, options: RequestInit) => Promise<Response>
  close(): Promise<void>
} {
  const guarded = createGuardedAgent({ allowPrivate: true, proxies })
  return {
    async fetch(url, options) {
      const { undici, agent } = await guarded.open()
      const init = { ...options, dispatcher: agent } as import('undici').RequestInit
      return (await undici.fetch(url, init)) as unknown as Response
    },
    close: guarded.close,
  }
}
