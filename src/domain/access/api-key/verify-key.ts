import type { Deps } from '../../deps.js'
import { hashSecret, matchesHash } from '../../hashed-secret.js'
import type { ApiKeyCaller } from '../../identity/api-key-caller.js'
import type { KeyRefusal } from '../../ports/telemetry.js'
import { DEVELOPMENT_KEY_ID, parseKey } from './key-form.js'
import { isScope } from './scopes.js'

export type VerifiedKey = { key: ApiKeyCaller; refused: null } | { key: null; refused: KeyRefusal }

interface Row {
  id: string | null
  name: string
  scopes: string[]
  secretHash: Uint8Array | null
  previousHash: Uint8Array | null
  inGrace: boolean | null
  revoked: boolean
}

/** Compared if there is nothing else to compare with, so that it takes the same time. */
const NOTHING = hashSecret('')

/**
 * Looks up a key. An unknown key takes as long as a wrong secret: in both cases there is a row, and two hashes are
 * compared.
 * @param development whether the key of a development server is valid
 */
export async function verifyKey(
  { db, development }: Pick<Deps, 'db'> & { development: boolean },
  text: string,
): Promise<VerifiedKey> {
  const parsed = parseKey(text)
  if (!parsed) return refused('damaged')
  const { id, secret } = parsed
  if (id === DEVELOPMENT_KEY_ID && !development) return refused('unknown')
  const [row] = await db.$queryRaw<Row[]>`
    SELECT key.id, key.name, key.scopes, key."secretHash", key."previousHash",
           key."previousUntil" > now() AS "inGrace", key."revokedAt" IS NOT NULL AS revoked
    FROM (SELECT 1) AS one LEFT JOIN "ApiKey" key ON key.id = ${id}`
  const present = matchesHash(secret, row?.secretHash ?? NOTHING)
  const previous = matchesHash(secret, row?.previousHash ?? NOTHING)
  if (!row?.id) return refused('unknown')
  if (!present && !previous) return refused('wrong-secret')
  if (row.revoked) return refused('revoked')
  if (!present && !row.inGrace) return refused('rotated')
  return { key: { id: row.id, name: row.name, scopes: new Set(row.scopes.filter(isScope)) }, refused: null }
}

function refused(refusal: KeyRefusal): VerifiedKey {
  return { key: null, refused: refusal }
}
