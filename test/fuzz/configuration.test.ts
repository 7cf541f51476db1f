import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConfigurationError } from '../../src/config/configuration-error.js'
import { type DatabaseConfig, readConfig } from '../../src/config/environment.js'
import { DatabaseError } from '../../src/database/database.js'
import { poolConfig } from '../../src/database/postgres.js'
import { FUZZING, fuzz } from './fuzz.js'
import { text, wellFormed } from './values.js'

const PASSWORD = 'canary-password'
const PRODUCTION = {
  PATCHBAY_ENV: 'production',
  PATCHBAY_PUBLIC_URL: 'https://connect.example',
  PATCHBAY_JWT_SECRET: 'a shared secret of more than 32 characters',
  PATCHBAY_JWT_ISSUER: 'https://host.example',
  PATCHBAY_JWT_AUDIENCE: 'patchbay',
}

/** Returns the configuration, or what is wrong with it. */
function read(environment: Record<string, string>) {
  try {
    return readConfig(environment)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError)
    return String(error)
  }
}

/** Returns what a start would say. */
function faultOf(database: DatabaseConfig | undefined): string {
  try {
    if (database) poolConfig(database)
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(DatabaseError)
    return String(error)
  }
}

test(
  'G23: no DATABASE_URL fails otherwise than by saying what is wrong, and its password is never said',
  FUZZING,
  async () => {
    const part = fc.oneof(text, fc.constantFrom('localhost', '5432', 'patchbay', '%2Fvar%2Frun', '[::1]'))
    const parameter = fc.tuple(
      fc.oneof(
        fc.constantFrom('sslmode', 'options', 'schema', 'host', 'connect_timeout', 'application_name', 'ssl'),
        text,
      ),
      text,
    )
    const urls = fc
      .record({
        scheme: fc.constantFrom('postgres', 'postgresql', 'mysql', ''),
        user: part,
        host: part,
        port: part,
        database: part,
        parameters: fc.array(parameter, { maxLength: 3 }),
      })
      .map(({ scheme, user, host, port, database, parameters }) => {
        const query = parameters
          .map((pair) => pair.map((each) => encodeURIComponent(wellFormed(each))).join('='))
          .join('&')
        return `${scheme}://${user}:${PASSWORD}@${host}:${port}/${database}?${query}`
      })
    await fuzz('database URLs', urls, (url) => {
      const found = read({ DATABASE_URL: url })
      const said = typeof found === 'string' ? found : faultOf(found.database)
      expect(said).not.toContain(PASSWORD)
    })
  },
)

test('G23: no value of a variable fails otherwise than by naming the variable', FUZZING, async () => {
  const example = await readFile('.env.example', 'utf8')
  const names = [...new Set(example.match(/PATCHBAY_[A-Z_]+|REDIS_URL/g))]
  const variables = fc.dictionary(fc.constantFrom(...names), text, { minKeys: 1, maxKeys: 4 })
  await fuzz('environment variables', variables, (drawn) => {
    const found = read({ ...PRODUCTION, ...drawn })
    if (typeof found === 'string') expect(found).toMatch(/PATCHBAY_|REDIS_URL|DATABASE_URL/)
  })
})
