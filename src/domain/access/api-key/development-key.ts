import { createHmac } from 'node:crypto'
import type { Deps } from '../../deps.js'
import { hashSecret } from '../../hashed-secret.js'
import { API_KEY_SCOPES } from '../../identity/api-key-caller.js'
import { statement } from '../../ports/sql.js'
import { DEVELOPMENT_KEY_ID, formatKey } from './key-form.js'

/**
 * The key that a development server creates for itself. It is derived from a secret, so it is the same at every start.
 */
export function developmentKey(tokenSecret: string): string {
  return formatKey(DEVELOPMENT_KEY_ID, secretOf(tokenSecret))
}

function secretOf(tokenSecret: string): string {
  return createHmac('sha256', tokenSecret).update('patchbay development API key').digest('base64url')
}

const KEEP = statement<[id: string, scopes: string, secretHash: Uint8Array], { id: string }>(
  'keep-development-key',
  `INSERT INTO "ApiKey" (id, name, scopes, "secretHash", "createdAt")
   VALUES ($1::text, $1::text, ARRAY(SELECT json_array_elements_text($2::json)), $3::bytea, now())
   ON CONFLICT (id) DO UPDATE SET scopes = excluded.scopes, "secretHash" = excluded."secretHash"
   WHERE "ApiKey"."revokedAt" IS NULL
   RETURNING id`,
)

/**
 * Makes sure that the development key exists and has every scope.
 * @returns false if the key was revoked, which is permanent
 */
export async function keepDevelopmentKey({ sql }: Pick<Deps, 'sql'>, tokenSecret: string): Promise<boolean> {
  const scopes = JSON.stringify([...API_KEY_SCOPES])
  const kept = await sql.run(KEEP, DEVELOPMENT_KEY_ID, scopes, hashSecret(secretOf(tokenSecret)))
  return kept.length > 0
}
