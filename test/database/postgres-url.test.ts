import { expect, test } from 'vitest'
import { DatabaseError } from '../../src/database/database.js'
import { readPostgresUrl } from '../../src/database/postgres-url.js'

const read = (parameters: string) => readPostgresUrl(`postgresql://patchbay@db.example/patchbay${parameters}`)

test.each([
  ['?__proto__=x', 'the parameter __proto__ isn’t supported. Remove it.'],
  ['?constructor=x', 'the parameter constructor isn’t supported. Remove it.'],
  ['?max=1000', 'the parameter max isn’t supported. Remove it.'],
  ['?statement_timeout=0', 'the parameter statement_timeout isn’t supported.'],
  ['?connection_limit=5', 'Set PATCHBAY_DATABASE_POOL instead.'],
  ['?pgbouncer=true', 'Let a pooler keep sessions'],
  [
    '?sslmode=prefer',
    'the parameter sslmode=prefer isn’t supported. Use disable, require, no-verify, verify-ca, or verify-full.',
  ],
  ['?sslmode=verify-ca', 'sslmode=verify-ca needs sslrootcert'],
  ['?target_session_attrs=standby', 'the parameter target_session_attrs=standby isn’t supported.'],
  ['?schema=Patch%20Bay', 'the schema Patch Bay can’t be used.'],
  ['?options=-c%20search_path%3Da%2Cb', 'the schema a,b can’t be used.'],
  ['?host=a,b', 'several hosts aren’t supported.'],
])('%s is refused by name', (parameters, message) => {
  expect(() => read(parameters)).toThrow(DatabaseError)
  expect(() => read(parameters)).toThrow(
    `DATABASE_URL: ${message}`.replace('DATABASE_URL: Set', 'Set').replace('DATABASE_URL: Let', 'Let'),
  )
})

test.each(['postgresql://ada?sslmode=word@db.example/patchbay', 'postgresql://ada?:password@db.example/patchbay'])(
  '%s has a password that no message may have',
  (url) => {
    expect(() => readPostgresUrl(url)).toThrow(
      /^DATABASE_URL: there’s an @ after the first \/, \? or #\. Percent-encode/,
    )
  },
)

test('several hosts in the authority are refused by name', () => {
  expect(() => readPostgresUrl('postgresql://a,b/patchbay')).toThrow('several hosts aren’t supported')
})

test('sslmode means what it means to libpq', () => {
  expect(read('?sslmode=require').connectionString).toMatch(/\?sslmode=require&uselibpqcompat=true$/)
  expect(read('').connectionString).toBe('postgresql://patchbay@db.example/patchbay')
})

test('settings of the session are added to those of the URL, and win', () => {
  expect(read('?options=-c%20work_mem%3D8MB&schema=mine')).toMatchObject({
    schema: 'mine',
    options: '-c jit=off -c work_mem=8MB -c timezone=UTC -c search_path=mine',
  })
})
