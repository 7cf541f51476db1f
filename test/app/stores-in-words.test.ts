import { expect, test } from 'vitest'
import { busInWords, databaseInWords } from '../../src/app/stores-in-words.js'
import { readConfig } from '../../src/config/environment.js'
import { readPostgresUrl } from '../../src/database/postgres-url.js'

const SECRET = 'canary'
const configWith = (variables: Record<string, string>) => readConfig({ PATCHBAY_DATA: '/srv/data', ...variables })

test.each([
  [{}, 'the embedded one in /srv/data'],
  [{ DATABASE_URL: `postgresql://app:${SECRET}@db.example/connect` }, 'connect at db.example:5432 (PostgreSQL)'],
  [
    { DATABASE_URL: `postgresql://db:6543/a%20b?user=app&password=${SECRET}&schema=own` },
    'a b at db:6543 (PostgreSQL, schema own)',
  ],
  [{ DATABASE_URL: `postgresql://app:${SECRET}@db?host=/run/pg` }, 'postgres at /run/pg (PostgreSQL)'],
])('of the database %j, people read: %s', (variables, expected) => {
  expect(databaseInWords(configWith(variables as Record<string, string>))).toBe(expected)
})

test.each([
  ['', 'none, so run one instance only'],
  [`redis://app:${SECRET}@cache.example`, 'cache.example:6379'],
  [`rediss://:${SECRET}@a:1,rediss://:${SECRET}@[::1]:2/3`, 'a:1, [::1]:2'],
  [`redis+sentinel://app:${SECRET}@one,two:3/main?sentinel_password=${SECRET}`, 'main at one:26379, two:3 (Sentinels)'],
])('of the Redis %s, people read: %s', (REDIS_URL, expected) => {
  const DATABASE_URL = 'postgresql://db/connect'
  expect(busInWords(configWith({ DATABASE_URL, REDIS_URL }))).toBe(expected)
})

test.each([
  'postgresql://app:1/canary@db/connect',
  'postgresql://app:1#canary@db/connect',
  'postgresql://a:1?canary@db/x',
])('a password that looks like the path of %s is refused before anything is said of it', (url) => {
  expect(() => readPostgresUrl(url)).toThrow(/Percent-encode special characters/)
  expect(() => readPostgresUrl(url)).not.toThrow(SECRET)
})
