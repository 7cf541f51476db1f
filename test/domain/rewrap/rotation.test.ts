import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openTokens, sealTokens } from '../../../src/domain/credential/tokens.js'
import type { Vault } from '../../../src/domain/ports/vault.js'
import { rewrapRecords } from '../../../src/domain/rewrap/rewrap-records.js'
import { Browser } from '../../support/browser.js'
import { connectionsOf, mutate } from '../../support/connecting.js'
import { count, record } from '../../support/counts.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { outcome, run } from '../../support/process.js'
import {
  everySealedRow,
  keyIdOf,
  newKey,
  resealCredentials,
  sealMany,
  vaultOf,
  wrappedByActive,
} from '../../support/sealed-records.js'

const [OLDER, NEWER] = [newKey(), newKey()]
const vault = vaultOf(NEWER, OLDER)
/** The tables that the load changes. The rest is only read. */
const CHANGED = 50
/** After this many, the load ends. */
const MOST_FAILURES = 100

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_KEYS: `${NEWER},${OLDER}` })
})
afterAll(() => patchbay.close())

/** A trigger blocks the update of this row, and with it the batch, until the process that makes it is dead. */
async function killedByTheSystem(connectionId: string): Promise<void> {
  const { db } = patchbay.database
  await db.$executeRawUnsafe(`CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$`)
  await db.$executeRawUnsafe(`CREATE TRIGGER hold BEFORE UPDATE ON "ConnectionToken" FOR EACH ROW
    WHEN (NEW."connectionId" = '${connectionId}') EXECUTE FUNCTION hold()`)
  const rewrapping = run('src/operator', ['rewrap'], patchbay.siblingEnv)
  const ended = once(rewrapping, 'close')
  const held = () => db.$queryRaw<{ pid: number }[]>`SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'`
  await expect.poll(held).toHaveLength(1)
  rewrapping.kill('SIGKILL')
  expect(await ended).toEqual([null, 'SIGKILL'])
  await db.$queryRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'`
  await db.$executeRawUnsafe('DROP TRIGGER hold ON "ConnectionToken"')
}

/** The second batch fails, as if the process had died. */
async function brokenOff(): Promise<void> {
  let batches = 0
  using _tap = patchbay.database.tap((sql) => {
    if (/UPDATE "ConnectionToken" AS present/.test(sql) && ++batches === 2) throw new Error('killed')
  })
  await expect(rewrapRecords({ db: patchbay.database.db, vault })).rejects.toThrow('killed')
}

/** What the command prints at its end. It runs as a separate process, unless the database allows only one. */
async function rewrapAll(): Promise<number> {
  if (inject('mode') === 'embedded') return (await rewrapRecords({ db: patchbay.database.db, vault })).rewrapped
  const { code, stdout, stderr } = await outcome('src/operator', ['rewrap'], patchbay.siblingEnv)
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^Database: .*\n$/)])
  expect(stdout).toMatch(new RegExp(`you can now remove these keys from PATCHBAY_KEYS.*${keyIdOf(OLDER)}`))
  return Number(stdout.match(/Rewrapped (\d+) records/)?.[1])
}

interface Load {
  reads: number
  writes: number
  /** Connects and disconnects through the API. */
  flows: number
  failures: unknown[]
}

/** Reads and writes as instances do, until it is stopped. Remembers what was written last, to compare. */
function underLoad(vault: Vault, { owner, connectionIds, tokens }: Awaited<ReturnType<typeof sealMany>>) {
  const { db } = patchbay.database
  const load: Load = { reads: 0, writes: 0, flows: 0, failures: [] }
  const versions = new Map<string, number>()
  let over = false
  const repeatedly = async (work: () => Promise<void>) => {
    while (!over && load.failures.length < MOST_FAILURES) await work().catch((error) => load.failures.push(error))
  }
  const read = async () => {
    const connectionId = connectionIds[Math.floor(Math.random() * connectionIds.length)] ?? ''
    const row = await db.connectionToken.findUniqueOrThrow({ where: { connectionId } })
    await openTokens(vault, { ...owner, recordId: connectionId }, row.sealed)
    load.reads++
  }
  const write = async () => {
    const connectionId = connectionIds[Math.floor(Math.random() * CHANGED)] ?? ''
    const version = (versions.get(connectionId) ?? 1) + 1
    const sealed = await sealTokens(vault, { ...owner, recordId: connectionId }, tokens(version))
    await db.connectionToken.update({ where: { connectionId }, data: { sealed } })
    versions.set(connectionId, version)
    load.writes++
  }
  const flow = async () => {
    const browser = new Browser(patchbay, 'ada')
    await browser.connect({ connector: 'acme-mail' })
    const [connection] = await connectionsOf(patchbay, 'ada')
    expect(connection?.status).toBe('LIVE')
    await mutate(patchbay, 'ada', 'disconnect', { connectionId: connection?.id ?? '' })
    load.flows++
  }
  const working = Promise.all([repeatedly(read), repeatedly(read), repeatedly(write), repeatedly(flow)])
  const end = async () => {
    over = true
    await working
    return load
  }
  return { versions, end, [Symbol.asyncDispose]: async () => void (await end()) }
}

test('T3: rotating a key under load, with the rewrap killed halfway, breaks no read and loses nothing', {
  timeout: 600_000,
}, async () => {
  const { database } = patchbay
  // The embedded database responds immediately, so a caller that never pauses would keep all others from their turn.
  using _turns = database.tap(() => turn())
  await resealCredentials(database, vault, vaultOf(OLDER))
  const sealed = await sealMany(database, vaultOf(OLDER), count(20_000, 1_020))
  const { owner, connectionIds, tokens } = sealed
  const before = new Map<string, Uint8Array>((await everySealedRow(database)).map(({ key, sealed }) => [key, sealed]))
  await using load = underLoad(vault, sealed)

  const [half = ''] = connectionIds.slice(Math.floor(connectionIds.length / 2))
  if (inject('mode') === 'service') await killedByTheSystem(half)
  else await brokenOff()
  const done = await wrappedByActive(database, vault, 'ConnectionToken')
  // One that the load changed meanwhile is left for the next round.
  expect(done).toBeGreaterThanOrEqual(500 - CHANGED)
  expect(done).toBeLessThan(connectionIds.length)
  const untouched = new Set<string>(connectionIds.slice(CHANGED))
  const halfWay = (await everySealedRow(database)).filter(({ key }) => untouched.has(key))

  const rewrapped = await rewrapAll()
  const { reads, writes, flows, failures } = await load.end()
  record('T3', 'key rotated under load, and rewrap killed halfway', {
    records: before.size,
    'done when killed': done,
    'done afterward': rewrapped,
    reads,
    writes,
    flows,
    'failed reads and writes': failures.length,
  })
  expect(failures).toEqual([])
  expect(Math.min(reads, writes, flows)).toBeGreaterThan(0)

  const after = await everySealedRow(database)
  const afterward = new Map(after.map((row) => [row.key, row]))
  const byNewer = Buffer.from(vault.activePrefix)
  for (const { key, sealed } of halfWay) {
    // Nothing is done twice.
    if (Buffer.from(sealed).indexOf(byNewer) === 0) expect(afterward.get(key)?.sealed).toEqual(sealed)
    else expect(afterward.get(key)?.sealed).not.toEqual(sealed)
  }
  const alone = vaultOf(NEWER)
  for (const { sealed, binding } of after) await alone.open(sealed, binding)
  for (const [connectionId, version] of load.versions) {
    const row = await database.db.connectionToken.findUniqueOrThrow({ where: { connectionId } })
    expect(await openTokens(alone, { ...owner, recordId: connectionId }, row.sealed)).toEqual(tokens(version))
  }
  for (const [key, sealed] of before) {
    if (untouched.has(key)) expect(afterward.get(key)?.sealed.slice(-40)).toEqual(sealed.slice(-40))
  }
})
