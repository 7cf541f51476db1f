import { hashSecret } from '../hashed-secret.js'
import { type Sql, statement } from '../ports/sql.js'

const KNOWN_IDS = statement<[ids: string], { known: boolean }>(
  'known-authorizations',
  `SELECT EXISTS (SELECT FROM "Authorization" WHERE id = asked.value::uuid) AS known
  FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY asked ORDER BY asked.ordinality`,
)

const KNOWN_STATES = statement<[hexHashes: string], { known: boolean }>(
  'known-states',
  `SELECT EXISTS (SELECT FROM "Authorization" WHERE "stateHash" = decode(asked.value, 'hex')) AS known
  FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY asked ORDER BY asked.ordinality`,
)

/** Returns which of these UUIDs are ids of authorizations, in their order and in one statement. */
export async function areAuthorizations(sql: Sql, ids: readonly string[]): Promise<boolean[]> {
  return (await sql.run(KNOWN_IDS, JSON.stringify(ids))).map(({ known }) => known)
}

/** Returns which of these are states of authorizations, in their order and in one statement. */
export async function areStates(sql: Sql, states: readonly string[]): Promise<boolean[]> {
  const hashes = states.map((state) => hashSecret(state).toString('hex'))
  return (await sql.run(KNOWN_STATES, JSON.stringify(hashes))).map(({ known }) => known)
}
