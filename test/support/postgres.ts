import pg from 'pg'

const DEFAULT_URL = 'postgresql://postgres@127.0.0.1:5432/postgres'

/**
 * A PostgreSQL to make databases in: TEST_DATABASE_URL, or the local default. Without one, tests that need it are left
 * out with a loud word; in CI that is a failure.
 */
export async function postgresUrl(): Promise<string | undefined> {
  const url = process.env.TEST_DATABASE_URL ?? DEFAULT_URL
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  try {
    await client.connect()
    await client.end()
    return url
  } catch (error) {
    const message = `LEFT OUT: no PostgreSQL answers at ${new URL(url).host}; set TEST_DATABASE_URL to test on one.`
    if (process.env.CI) throw new Error(message, { cause: error })
    console.warn(message)
    return undefined
  }
}
