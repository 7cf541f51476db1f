import { expect, test } from 'vitest'
import { startInstance } from '../../src/app/app.js'
import { readConfig } from '../../src/config/environment.js'
import { createLogger } from '../../src/observability/logger.js'
import { Browser } from '../support/browser.js'
import { freePort } from '../support/free-port.js'
import { startPatchbay } from '../support/patchbay.js'
import { scrape, scrapeUntil } from '../support/scrape.js'
import { startSetup } from '../support/setups.js'
import { subscribe } from '../support/subscriber.js'

test('metrics cover notifications, Redis, the pool, and pushes of commits on another instance', async () => {
  await using patchbay = await startPatchbay()
  const port = String(await freePort())
  const config = readConfig({ ...patchbay.siblingEnv, PATCHBAY_PORT: port, PATCHBAY_METRICS_PORT: '0' })
  const sibling = await startInstance(config, createLogger('silent'))
  try {
    const { id } = await startSetup(patchbay, 'ada', 'meeting-assistant')
    const there = { ...patchbay, url: patchbay.url.replace(/\d+$/, port) }
    const query = 'subscription ($id: ID!) { setupProgress(setupId: $id) { revision } }'
    await using screen = await subscribe(there, 'ada', query, { id })
    await screen.next()
    const before = await scrape({ instance: sibling })
    expect(before.value('patchbay_redis_up')).toBe(1)
    expect(before.value('patchbay_database_pool_max')).toBeGreaterThan(0)
    expect(before.value('patchbay_database_pool_connections')).toBeGreaterThan(0)

    await new Browser(patchbay, 'ada').authorize({ connector: 'acme-mail', setupId: id })
    await screen.next()
    const after = await scrapeUntil(
      { instance: sibling },
      (now) => now.value('patchbay_push_latency_seconds_count') > 0,
    )
    expect(after.value('patchbay_push_latency_seconds_count')).toBe(1)
    expect(after.value('patchbay_rings_heard_total')).toBeGreaterThan(before.value('patchbay_rings_heard_total'))
    expect(after.value('patchbay_rings_sent_total')).toBe(0)
    expect((await scrape(patchbay)).value('patchbay_rings_sent_total')).toBeGreaterThan(0)
    expect((await scrape(patchbay)).value('patchbay_rings_heard_total')).toBe(0)
  } finally {
    await sibling.close()
  }
})
