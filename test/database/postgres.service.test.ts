import { createConnection, createServer, type Socket } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { DatabaseError } from '../../src/database/database.js'
import { openPool, openPostgres, otherInstances, poolConfig } from '../../src/database/postgres.js'
import { isPassing } from '../../src/database/postgres-faults.js'
import { statement } from '../../src/domain/ports/sql.js'
import { freePort } from '../support/free-port.js'
import { createDatabase } from '../support/postgres-server.js'
import { startTcpProxy } from '../support/tcp-proxy.js'

const PASSWORD = 'a-password-nobody-shall-read'

let database: Awaited<ReturnType<typeof createDatabase>>
beforeAll(async () => {
  database = await createDatabase(inject('services').postgres)
})
afterAll(() => database.drop())

/** @param startTimeoutMs as long as a busy machine may take, because an answer ends it much sooner */
const open = (url: string, startTimeoutMs = 60_000) =>
  openPostgres({ url, poolSize: 4, startTimeoutMs, onConnectionLost: () => {} })

function changed(change: (url: URL) => void): string {
  const url = new URL(database.url)
  change(url)
  return url.href
}

async function administer(...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const results = []
  for (const sql of statements) results.push((await client.query(sql)).rows)
  await client.end()
  return results
}

/** A message of PostgreSQL's protocol (v3). */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const READY = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))])

interface Impostor extends Disposable {
  url: string
}

/** A server that only pretends to be PostgreSQL. */
async function pretend(serve: (socket: Socket) => void): Promise<Impostor> {
  const server = createServer((socket: Socket) => {
    socket.once('data', () => serve(socket))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `postgresql://patchbay@127.0.0.1:${port}/patchbay`,
    [Symbol.dispose]: () => void server.close(),
  }
}

/** One that describes itself as told. */
function impostor(settings: Record<string, string>): Promise<Impostor> {
  const uint16 = (value: number) => Buffer.from([value >> 8, value & 255])
  const row = Object.values(settings).map((value) =>
    Buffer.concat([Buffer.from([0, 0, 0, value.length]), Buffer.from(value)]),
  )
  const columns = Object.entries(settings).map(([name, value]) => {
    const type = value === 't' || value === 'f' ? 16 : 25 // bool, otherwise text
    // table 0, column 0, type, length, modifier, text format
    return Buffer.concat([Buffer.from(`${name}\0`), Buffer.alloc(6), Buffer.from([0, 0, 0, type]), Buffer.alloc(8)])
  })
  const answer = Buffer.concat([
    message('T', Buffer.concat([uint16(columns.length), ...columns])),
    message('D', Buffer.concat([uint16(row.length), ...row])),
    message('C', Buffer.from('SELECT 1\0')),
    message('Z', Buffer.from('I')),
  ])
  return pretend((socket) => {
    socket.write(READY)
    socket.on('data', (data) => (data.toString('latin1', 0, 1) === 'Q' ? socket.write(answer) : socket.end()))
  })
}

describe('opening PostgreSQL fails with the cause and the remedy', () => {
  const refused = async (url: string, expected: RegExp) => {
    const error = await open(url, 300).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(DatabaseError)
    expect((error as Error).message).toMatch(expected)
    expect((error as Error).message).not.toContain(PASSWORD)
  }

  test('if nothing answers at the address', async () => {
    const port = String(await freePort())
    await refused(
      changed((url) => Object.assign(url, { port })),
      new RegExp(`nothing is listening at 127.0.0.1:${port}. Start PostgreSQL there`),
    )
  })

  test('if the host name is unknown', () =>
    refused(
      changed((url) => Object.assign(url, { hostname: 'nowhere.invalid' })),
      /nowhere\.invalid:\d+ can’t be resolved/,
    ))

  test('if the user or the password is wrong', () =>
    refused(
      changed((url) => Object.assign(url, { username: 'nobody_known', password: PASSWORD })),
      /rejected the user or password/,
    ))

  test('if the database does not exist', () =>
    refused(
      changed((url) => Object.assign(url, { pathname: '/not_there' })),
      /the database not_there doesn’t exist .* createdb not_there/,
    ))

  test('if TLS is required and the server does not speak it', () =>
    refused(`${database.url}?sslmode=verify-full`, /doesn’t support TLS/))

  test('if the user may not create tables', async () => {
    const role = `${new URL(database.url).pathname.slice(1)}_poor`
    await administer(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`)
    try {
      await refused(
        changed((url) => Object.assign(url, { username: role, password: PASSWORD })),
        /isn’t allowed to create tables .* ALTER DATABASE/,
      )
    } finally {
      await administer(`DROP ROLE ${role}`)
    }
  })

  const sound = { version: '150000', name: '15.0', standby: 'f', encoding: 'UTF8' }
  test.each([
    ['too old', { version: '140012', name: '14.12' }, /PostgreSQL 14\.12 is too old.*15 or newer/],
    ['a standby', { standby: 't' }, /is a read-only standby.* Use the primary/],
    ['in another encoding', { encoding: 'SQL_ASCII' }, /encoded in SQL_ASCII\. Create one in UTF8/],
  ])('if the database is %s', async (_what, settings, expected) => {
    using server = await impostor({ ...sound, ...settings })
    await refused(server.url, expected)
  })
})

test('Patchbay waits for a server that starts late', async () => {
  const port = await freePort()
  const opening = openPostgres({
    url: changed((url) => Object.assign(url, { port: String(port) })),
    poolSize: 2,
    startTimeoutMs: 10_000,
    onConnectionLost: () => {},
  })
  const behind = new URL(database.url)
  const proxy = createServer((socket) => {
    const upstream = createConnection(Number(behind.port || 5432), behind.hostname)
    for (const end of [socket, upstream]) end.on('error', () => {})
    socket.pipe(upstream).pipe(socket)
  })
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve))
  const { db, close } = await opening
  expect(await db.user.count()).toBe(0)
  await close()
  proxy.close()
})

test('instances that start simultaneously on an empty database migrate it once', async () => {
  const empty = await createDatabase(inject('services').postgres)
  try {
    const opening = () =>
      openPostgres({ url: empty.url, poolSize: 2, startTimeoutMs: 60_000, onConnectionLost: () => {} })
    const [first, ...others] = await Promise.all([opening(), ...Array.from({ length: 5 }, opening)])
    const history = await first.db.$queryRaw<{ name: string }[]>`SELECT migration_name AS name FROM _prisma_migrations`
    const names = history.map(({ name }) => name)
    expect(names.length).toBeGreaterThan(0)
    expect(new Set(names).size).toBe(names.length)
    await Promise.all([first, ...others].map(({ close }) => close()))
  } finally {
    await empty.drop()
  }
})

test('a newer database, or one whose migrations were edited, is refused with the migration’s name', async () => {
  const own = await createDatabase(inject('services').postgres)
  try {
    await (await open(own.url)).close()
    const client = new pg.Client({ connectionString: own.url })
    await client.connect()
    await client.query(`UPDATE _prisma_migrations SET checksum = 'edited'`)
    await expect(open(own.url)).rejects.toThrow(/^The migration \d+_initial was edited after it ran\. Restore its file/)
    await client.query(`UPDATE _prisma_migrations SET migration_name = '20990101000000_later'`)
    await expect(open(own.url)).rejects.toThrow(
      /^The database has the migration 20990101000000_later, .*newer Patchbay/,
    )
    await client.end()
  } finally {
    await own.drop()
  }
})

test('an instance sees the other instances on its database, but not itself', async () => {
  const first = await open(database.url)
  expect(await otherInstances(first.sql)).toBe(0)
  const second = await open(database.url)
  expect(await otherInstances(second.sql)).toBe(1)
  await Promise.all([first.close(), second.close()])
})

describe('the pool', () => {
  test('opens no more connections than its limit, and serves more callers than that', async () => {
    const { db, pool, close } = await open(database.url)
    const answers = await Promise.all(
      Array.from(
        { length: 40 },
        (_, index) => db.$queryRaw<{ n: number }[]>`SELECT ${index}::int AS n, pg_sleep(0.01)::text`,
      ),
    )
    expect(answers.map(([row]) => row?.n)).toEqual(Array.from({ length: 40 }, (_, index) => index))
    expect(pool?.()).toMatchObject({ total: 4, max: 4, waiting: 0 })
    await close()
  })

  test('survives connections that the server ends, whether they are in use or idle', async () => {
    const lost: Error[] = []
    const { db, close } = await openPostgres({
      url: database.url,
      poolSize: 4,
      startTimeoutMs: 60_000,
      onConnectionLost: (error) => void lost.push(error),
    })
    const others = 'pid <> pg_backend_pid() AND datname = current_database()'
    const endAll = () => administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`)
    await Promise.all(Array.from({ length: 4 }, () => db.$queryRaw`SELECT pg_sleep(0.01)::text`))
    await endAll()
    await expect.poll(() => lost.length).toBe(4)
    expect(await db.user.count()).toBe(0)

    const interrupted = db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`
      await endAll()
      await tx.$queryRaw`SELECT 2`
    })
    await expect(interrupted).rejects.toThrow()
    expect(await db.user.count()).toBe(0)
    await close()
  })

  test('uses UTC whatever the server’s time zone is', async () => {
    const name = new URL(database.url).pathname.slice(1)
    await administer(`ALTER DATABASE ${name} SET timezone = 'Pacific/Chatham'`)
    const { db, close } = await open(database.url)
    const createdAt = new Date('2026-11-22T10:00:00.123Z')
    await db.user.create({
      data: { id: crypto.randomUUID(), issuer: 'i', subject: 's', organization: 'o', revision: 1, createdAt },
    })
    expect((await db.user.findFirst())?.createdAt).toEqual(createdAt)
    expect(await administer('SELECT "createdAt" FROM "User"')).toEqual([[{ createdAt }]])
    await close()
  })
})

test('a connection that is lost in a transaction fails its statements, and the process goes on', async () => {
  const { sql, close } = await open(database.url)
  const SESSION = statement<[], { pid: number }>('session', 'SELECT pg_backend_pid() AS pid')
  const broken = sql.transaction(async (tx) => {
    const [session] = await tx.run(SESSION)
    await administer(`SELECT pg_terminate_backend(${session?.pid}, 10000)`)
    return tx.commit(SESSION)
  })
  await expect(broken).rejects.toThrow()
  expect(await sql.transaction((tx) => tx.commit(SESSION))).toHaveLength(1)
  await close()
})

test('a connection that is lost in the moment in which it’s ready fails what wanted it, and the process goes on', async () => {
  const fatal = message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0'))
  using server = await pretend((socket) => void socket.end(Buffer.concat([READY, fatal])))
  const lost: Error[] = []
  const { db, sql, close } = openPool(new pg.Pool(poolConfig({ url: server.url, poolSize: 1 })), (error) => {
    lost.push(error)
  })
  const one = statement<[], { one: number }>('one', 'SELECT 1 AS one')
  await expect(sql.run(one)).rejects.toThrow()
  await expect(sql.transaction((tx) => tx.commit(one))).rejects.toThrow()
  await expect(db.$transaction((tx) => tx.$queryRaw`SELECT 1`)).rejects.toThrow()
  expect(lost.map(({ message }) => message)).toContain('terminating connection')
  await close()
  await expect(open(server.url, 0)).rejects.toThrow(DatabaseError)
})

/** Statements that take a minute. */
const RUNNING = `SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()`

test('errors of a server that is away, full or slow pass, and those of a wrong statement don’t', async () => {
  const { hostname, port } = new URL(database.url)
  const proxy = await startTcpProxy({ host: hostname, port: Number(port || 5432) })
  const through = changed((url) => Object.assign(url, { hostname: '127.0.0.1', port: proxy.port }))
  const { db, sql, close } = await open(through)
  const SLOW = statement<[], { one: number }>('slow', `SELECT 1 AS one FROM pg_sleep(60)`)
  const WRONG = statement<[], object>('wrong', 'SELECT no_such_column')
  const CANCELED = statement<[], object>('canceled', 'SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(1)')
  const errorOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    )
  await db.$queryRaw`SELECT 1`

  const lost = [errorOf(sql.run(SLOW)), errorOf(db.$queryRaw`SELECT 1 FROM pg_sleep(60)`)]
  await vi.waitFor(async () => expect((await administer(RUNNING))[0]).toHaveLength(2))
  proxy.cut()
  for (const error of await Promise.all(lost)) expect(error).toSatisfy(isPassing)
  expect(await errorOf(sql.run(CANCELED))).toSatisfy(isPassing)

  for (const wrong of [() => sql.run(WRONG), () => db.$queryRaw`SELECT no_such_column`]) {
    const error = await errorOf(wrong())
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toSatisfy(isPassing)
  }
  await proxy[Symbol.asyncDispose]()
  for (const away of [
    () => sql.run(WRONG),
    () => db.$queryRaw`SELECT 1`,
    () => db.user.count(),
    () => db.$transaction((tx) => tx.user.count()),
  ]) {
    expect(await errorOf(away())).toSatisfy(isPassing)
  }
  await close().catch(() => {})
})

const WHERE_AM_I = statement<[], { schema: string; timezone: string; jit: string }>(
  'where-am-i',
  `SELECT current_schema() AS schema, current_setting('TimeZone') AS timezone, current_setting('jit') AS jit, count(*)
   FROM "Catalogue"`,
)

describe('one schema has everything, and times are UTC', () => {
  const opened = async (url: string) => {
    const { db, sql, close } = await open(url)
    try {
      await db.apiKey.count()
      await db.$queryRaw`SELECT count(*)::int FROM "Authorization"`
      const [row] = await sql.run(WHERE_AM_I)
      const tables = await administer(
        `SELECT schemaname AS schema FROM pg_tables WHERE tablename = 'Authorization' ORDER BY 1`,
      )
      return { ...row, tables: (tables[0] as { schema: string }[]).map(({ schema }) => schema) }
    } finally {
      await close()
    }
  }
  const withParameters = (parameters: Record<string, string>) =>
    changed((url) => {
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    })

  test.each<[string, Record<string, string>, string]>([
    ['without parameters', {}, 'public'],
    ['with schema', { schema: 'patchbay' }, 'patchbay'],
    ['with a search path in options', { options: '-c search_path=elsewhere' }, 'elsewhere'],
    ['with other options', { options: '-c timezone=Europe/Berlin -c work_mem=8MB' }, 'public'],
    [
      'with application_name and target_session_attrs',
      { application_name: 'x', target_session_attrs: 'primary' },
      'public',
    ],
  ])('%s', async (_name, parameters, schema) => {
    const found = await opened(withParameters(parameters))
    expect(found).toMatchObject({ schema, timezone: 'UTC' })
    expect(found.tables).toContain(schema)
  })

  test('if the role has another search path, time zone and a schema of its name', async () => {
    const role = `${new URL(database.url).pathname.slice(1)}_owner`
    await administer(
      `CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD '${PASSWORD}'`,
      `CREATE SCHEMA ${role}`,
      `CREATE SCHEMA another`,
      `ALTER ROLE ${role} SET search_path = another, public`,
      `ALTER ROLE ${role} SET timezone = 'Asia/Tokyo'`,
    )
    try {
      const url = changed((url) => Object.assign(url, { username: role, password: PASSWORD }))
      const found = await opened(url)
      expect(found).toMatchObject({ schema: 'public', timezone: 'UTC' })
      expect(found.tables).not.toContain(role)
      expect(found.tables).not.toContain('another')
    } finally {
      await administer(`DROP SCHEMA ${role}`, `DROP ROLE ${role}`)
    }
  })

  test('no statement is compiled, unless the operator wants that', async () => {
    expect(await opened(database.url)).toMatchObject({ jit: 'off' })
    expect(await opened(withParameters({ options: '-c jit=on' }))).toMatchObject({ jit: 'on' })
  })

  test('over the server’s socket', async () => {
    const [rows] = (await administer(`SHOW unix_socket_directories`)) as [{ unix_socket_directories: string }[]]
    const host = rows[0]?.unix_socket_directories.split(',')[0] ?? ''
    const { username, password, port, pathname } = new URL(database.url)
    const parameters = new URLSearchParams({
      host,
      user: username,
      ...(password && { password }),
      ...(port && { port }),
    })
    expect(await opened(`postgresql://${pathname}?${parameters}`)).toMatchObject({ schema: 'public', timezone: 'UTC' })
  })
})
