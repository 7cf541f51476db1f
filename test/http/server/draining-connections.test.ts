import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { startPatchbay } from '../../support/patchbay.js'

/** By default: nginx and AWS load balancers. */
const LONGEST_IDLE_AT_PROXIES_SECONDS = 60

test('an instance that no longer listens answers one more request on an idle connection before it closes it', async () => {
  const patchbay = await startPatchbay({ PATCHBAY_DRAIN_SPREAD: '2' })
  const token = await patchbay.tokenFor('ada')
  const idle = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = async (agent?: Agent) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const sent = request(`${patchbay.url}/graphql`, { method: 'POST', agent, headers })
    sent.end('{"query":"{ viewer { revision } }"}')
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return { port: response.socket.localPort, connection: response.headers.connection, body: await text(response) }
  }
  try {
    const before = await ask(idle)
    const closed = patchbay.close()
    const meanwhile = await ask(idle)
    expect(meanwhile).toEqual(before)
    await expect.poll(() => ask(new Agent()).catch(({ code }) => code)).toBe('ECONNREFUSED')
    const after = await ask(idle)
    expect(after).toEqual({ ...before, connection: 'close' })
    await closed
  } finally {
    idle.destroy()
    await patchbay.close()
  }
})

test('idle connections are kept for longer than proxies keep them', async () => {
  await using patchbay = await startPatchbay()
  for (const url of [patchbay.url, patchbay.sandbox.url]) {
    const { headers } = await fetch(url)
    const [, seconds] = /timeout=(\d+)/.exec(headers.get('keep-alive') ?? '') ?? []
    expect(Number(seconds)).toBeGreaterThan(LONGEST_IDLE_AT_PROXIES_SECONDS)
  }
})
