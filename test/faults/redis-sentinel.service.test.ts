import { expect, test } from 'vitest'
import { PATIENT } from '../support/patience.js'
import { startRedisWithSentinels } from '../support/redis-sentinels.js'
import { startInstallation, untilAll } from './installation.js'
import { Watched } from './watch-changes.js'

/** Three seconds are promised. The rest is for busy machines. */
const RIGHT_WITHIN_MS = 6_000
const FOLLOWED_WITHIN_MS = 20_000

test(
  'no subscriber is left stale while Sentinels make a replica the primary, and instances follow',
  PATIENT,
  async () => {
    await using redis = await startRedisWithSentinels()
    await using installation = await startInstallation({ REDIS_URL: redis.url })
    const other = await installation.start()
    const where = () => [installation.patchbay.url, other.url]
    await using watched = await Watched.open(installation, where)
    const over = new AbortController()
    const changing = watched.changeUntil(over.signal, where)
    await redis.failOver()
    await untilAll(where(), 'ready', FOLLOWED_WITHIN_MS)
    over.abort()
    await changing
    const found = await watched.findings()
    expect(watched.refusals).toEqual([])
    expect(found).toMatchObject({ unanswered: 0, stale: 0, backwards: 0 })
    expect(found.slowestMs).toBeLessThan(RIGHT_WITHIN_MS)
    expect(installation.accidents()).toEqual([])
  },
)
