import { Prisma } from '../../generated/prisma/client.js'
import type { Db } from '../db.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { pause } from '../pause.js'
import { type Vault, VaultError } from '../ports/vault.js'
import { SEALED_COLUMNS, type SealedColumn, type SealedRow } from './sealed-columns.js'

/** Rows per statement. A statement takes a few milliseconds, however large the table is. */
const BATCH = 500
/** Parallel calls to a key service. */
const AT_ONCE = 10
const MAX_PASSES = 5
/** Longer than any transaction of an instance may take. */
const SETTLE_LIMIT_MS = 20_000
const SETTLE_POLL_MS = 50

export interface Rewrapped {
  rewrapped: number
  /** The records that couldn't be opened and didn't change, by the key that wrapped them. */
  unopened: readonly Unopened[]
}

export interface Unopened {
  /** Undefined if the record is too damaged to name a key. */
  keyId: string | undefined
  code: VaultError['code']
  count: number
}

/** The result of one pass over a table. */
export interface TablePass {
  table: string
  rewrapped: number
  unopened: number
}

/** Rewrapping didn't finish. What was rewrapped remains so, and the next run continues from there. */
export class RewrapUnsettledError extends DomainError {
  override readonly name = 'RewrapUnsettledError'
  constructor(reason: 'writers' | 'transaction') {
    super(
      reason === 'writers'
        ? 'An instance is still sealing with an older key. Restart every instance with the new key first in PATCHBAY_KEYS, then run rewrap again. Keep the older keys until it succeeds.'
        : 'A long-running transaction may still write records that an older key wrapped. End it (pg_stat_activity shows it), then run rewrap again. Keep the older keys until it succeeds.',
    )
  }
}

/**
 * Wraps everything in the sealed columns that another key has wrapped with the active key. It never overwrites a value
 * that changes in the meantime and never waits for a locked row, so it can run under load. It can be killed at any time
 * and continues when started again, because the first bytes of a record say whether it is done.
 *
 * A transaction that read a record before it was rewrapped may write the old bytes elsewhere, as disconnecting does. So
 * the last pass starts after all such transactions have ended, and finds nothing to do.
 * @param finished called for each table of the first pass, and later only for tables in which something was found
 * @throws VaultError if the key service doesn't respond
 * @throws RewrapUnsettledError
 */
export async function rewrapRecords(
  deps: Pick<Deps, 'db' | 'vault'>,
  finished: (pass: TablePass) => void = () => {},
): Promise<Rewrapped> {
  let total = 0
  for (let pass = 1; pass <= MAX_PASSES; pass++) {
    await transactionsEnd(deps.db)
    const unopened = new Map<string, Unopened>()
    let found = 0
    for (const column of SEALED_COLUMNS) {
      const { rewrapped, overtaken, errors } = await rewrapColumn(deps, column)
      for (const { keyId, code } of errors) {
        const id = `${code} ${keyId}`
        unopened.set(id, { keyId, code, count: (unopened.get(id)?.count ?? 0) + 1 })
      }
      found += rewrapped + overtaken
      total += rewrapped
      if (pass === 1 || rewrapped > 0) finished({ table: column.table, rewrapped, unopened: errors.length })
    }
    if (found === 0) return { rewrapped: total, unopened: [...unopened.values()] }
  }
  throw new RewrapUnsettledError('writers')
}

interface ColumnPass {
  rewrapped: number
  /** Rows that someone else locked or changed. The next pass looks at them again. */
  overtaken: number
  errors: VaultError[]
}

async function rewrapColumn({ db, vault }: Pick<Deps, 'db' | 'vault'>, column: SealedColumn): Promise<ColumnPass> {
  const pass: ColumnPass = { rewrapped: 0, overtaken: 0, errors: [] }
  let last: string | null = null
  for (;;) {
    const page = await nextPage(db, column, vault.activePrefix, last)
    if (page.last === null) return pass
    last = page.last
    const rows = page.stale.length > 0 ? await column.read(db, page.stale) : []
    const changes: Replacement[] = []
    for (let at = 0; at < rows.length; at += AT_ONCE) {
      const results = await Promise.all(rows.slice(at, at + AT_ONCE).map((row) => rewrapRow(vault, row)))
      for (const result of results) {
        if (result instanceof VaultError) pass.errors.push(result)
        else changes.push(result)
      }
    }
    const made = changes.length > 0 ? await store(db, column, changes) : 0
    pass.rewrapped += made
    pass.overtaken += changes.length - made
  }
}

interface Replacement {
  key: string
  before: Uint8Array
  after: Uint8Array
}

/** A record that can't be opened must not hold up others. A key service that doesn't respond would fail all of them. */
async function rewrapRow(vault: Vault, { key, sealed, binding }: SealedRow): Promise<Replacement | VaultError> {
  try {
    return { key, before: sealed, after: await vault.rewrap(sealed, binding) }
  } catch (error) {
    if (error instanceof VaultError && error.code !== 'KEY_SERVICE_UNAVAILABLE') return error
    throw error
  }
}

/**
 * Goes through the table by its primary key. The database returns only the ids of rows that don't begin as they should.
 */
async function nextPage(
  db: Db,
  column: SealedColumn,
  prefix: Uint8Array<ArrayBuffer>,
  after: string | null,
): Promise<{ last: string | null; stale: string[] }> {
  const { table, key, keyType } = namesOf(column)
  const rest = after === null ? Prisma.empty : Prisma.sql`WHERE ${key} > ${after}::${keyType}`
  const rows = await db.$queryRaw<{ last: string; stale: string | null }[]>`
    WITH page AS (SELECT ${key} AS key, sealed FROM ${table} ${rest} ORDER BY ${key} LIMIT ${BATCH})
    SELECT ends.key::text AS last, stale.key::text AS stale
    FROM (SELECT key FROM page ORDER BY key DESC LIMIT 1) ends
    LEFT JOIN page stale ON substring(stale.sealed FROM 1 FOR ${prefix.length}::int) <> ${prefix}`
  return { last: rows[0]?.last ?? null, stale: rows.flatMap(({ stale }) => stale ?? []) }
}

/**
 * Writes the rows that haven't changed since they were read and aren't locked. A statement that locks many rows while
 * it waits for one could deadlock with a user.
 * @returns how many rows were written
 */
function store(db: Db, column: SealedColumn, changes: readonly Replacement[]): Promise<number> {
  const { table, key, keyType } = namesOf(column)
  const keys = changes.map((change) => change.key)
  const before = changes.map((change) => Buffer.from(change.before).toString('hex'))
  const after = changes.map((change) => Buffer.from(change.after).toString('hex'))
  return db.$executeRaw`
    WITH change AS (
      SELECT key::${keyType} AS key, decode(before, 'hex') AS before, decode(after, 'hex') AS after
      FROM unnest(${keys}::text[], ${before}::text[], ${after}::text[]) AS change(key, before, after)
    ), held AS (
      SELECT change.* FROM ${table} AS present JOIN change ON present.${key} = change.key AND present.sealed = change.before
      FOR NO KEY UPDATE OF present SKIP LOCKED
    )
    UPDATE ${table} AS present SET sealed = held.after FROM held
    WHERE present.${key} = held.key AND present.sealed = held.before`
}

/** The names come from the list of columns, never from input. */
function namesOf({ table, key, keyType }: SealedColumn) {
  return { table: Prisma.raw(`"${table}"`), key: Prisma.raw(`"${key}"`), keyType: Prisma.raw(keyType) }
}

/** Waits until all transactions that are writing now have ended. Later ones read what is stored by then. */
async function transactionsEnd(db: Db): Promise<void> {
  const [clock] = await db.$queryRaw<{ now: string }[]>`SELECT clock_timestamp()::text AS now`
  for (let waitedMs = 0; clock; waitedMs += SETTLE_POLL_MS) {
    const [row] = await db.$queryRaw<{ writing: number }[]>`
      SELECT count(*)::int AS writing FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        AND backend_xid IS NOT NULL AND xact_start <= ${clock.now}::timestamptz`
    if (!row || row.writing === 0) return
    if (waitedMs >= SETTLE_LIMIT_MS) throw new RewrapUnsettledError('transaction')
    await pause(SETTLE_POLL_MS)
  }
}
