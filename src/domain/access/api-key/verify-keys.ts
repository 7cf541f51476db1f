import type { Deps } from '../../deps.js'
import { hashSecret, matchesHash } from '../../hashed-secret.js'
import type { ApiKeyCaller } from '../../identity/api-key-caller.js'
import { statement } from '../../ports/sql.js'
import type { KeyRefusal } from '../../ports/telemetry.js'
import { DEVELOPMENT_KEY_ID, parseKey } from './key-form.js'
import { isScope } from './scopes.js'

export type VerifiedKey = { key: ApiKeyCaller; refused: null } | { key: null; refused: KeyRefusal }

interface Row {
  id: string
  name: string
  scopes: string[]
  secretHash: Uint8Array
  previousHash: Uint8Array | null
  inGrace: boolean | null
  revoked: boolean
}

const KEYS = statement<[ids: string], Row>(
  'api-keys',
  `SELECT id, name, scopes, "secretHash", "previousHash", "previousUntil" > now() AS "inGrace",
     "revokedAt" IS NOT NULL AS revoked
   FROM "ApiKey" WHERE id = ANY (ARRAY(SELECT json_array_elements_text($1::json)))`,
)

/** Compared if there is nothing else to compare with, so that it takes the same time. */
const NOTHING = hashSecret('')

/**
 * Looks up keys, in one statement. An unknown key takes as long as a wrong secret: in both cases, two hashes are compared.
 * @param development whether the key of a development server is valid
 * @returns the results in the order of the keys
 */
export async function verifyKeys(
  { sql, development }: Pick<Deps, 'sql'> & { development: boolean },
  texts: readonly string[],
): Promise<VerifiedKey[]> {
  const parsed = texts.map(parseKey)
  const ids = parsed.flatMap((key) => (key && (development || key.id !== DEVELOPMENT_KEY_ID) ? key.id : []))
  const rows = ids.length === 0 ? [] : await sql.run(KEYS, JSON.stringify(ids))
  const byId = new Map(rows.map((row) => [row.id, row]))
  return parsed.map((key) => (key ? verified(key.secret, byId.get(key.id)) : refused('damaged')))
}

function verified(secret: string, row: Row | undefined): VerifiedKey {
  const present = matchesHash(secret, row?.secretHash ?? NOTHING)
  const previous = matchesHash(secret, row?.previousHash ?? NOTHING)
  if (!row) return refused('unknown')
  if (!present && !previous) return refused('wrong-secret')
  if (row.revoked) return refused('revoked')
  if (!present && !row.inGrace) return refused('rotated')
  return { key: { id: row.id, name: row.name, scopes: new Set(row.scopes.filter(isScope)) }, refused: null }
}

function refused(refusal: KeyRefusal): VerifiedKey {
  return { key: null, refused: refusal }
}
