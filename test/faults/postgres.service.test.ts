import { setTimeout as after } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { count, record } from '../support/counts.js'
import { startInstallation } from './installation.js'
import { Watched } from './watch-changes.js'

test('if PostgreSQL ends every connection again and again, no instance ends and no subscriber is left stale', {
  timeout: 300_000,
}, async () => {
  const times = count(100, 8)
  await using installation = await startInstallation()
  const others = [await installation.start()]
  const where = () => [installation.patchbay.url, ...others.map(({ url }) => url)]
  await using watched = await Watched.open(installation, where)
  const admin = new pg.Client({ connectionString: installation.patchbay.database.url })
  await admin.connect()
  const over = new AbortController()
  const changing = watched.changeUntil(over.signal, where)
  let ended = 0
  for (let time = 0; time < times; time++) {
    await after(500)
    const { rows } = await admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )
    ended += rows.length
    await watched.untilNextChange()
  }
  over.abort()
  await changing
  const found = await watched.findings()
  // If a change hits the end of its connection, it returns an error, and its caller tries again.
  record('PG', 'every PostgreSQL connection terminated, every 500 ms', {
    times,
    ended,
    refused: watched.refusals.length,
    ...found,
  })
  await admin.end()
  expect(installation.accidents()).toEqual([])
  expect(ended).toBeGreaterThan(times / 2)
  expect(found).toMatchObject({ stale: 0, backwards: 0, unanswered: 0 })
  expect(found.changes).toBeGreaterThanOrEqual(times)
})
