import { createHmac } from 'node:crypto'
import type { Deps } from '../../deps.js'
import { hashSecret } from '../../hashed-secret.js'
import { API_KEY_SCOPES } from '../../identity/api-key-caller.js'
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

/**
 * Makes sure that the development key exists and has every scope.
 * @returns false if the key was revoked, which is permanent
 */
export async function keepDevelopmentKey({ db }: Pick<Deps, 'db'>, tokenSecret: string): Promise<boolean> {
  const kept = await db.$executeRaw`
    INSERT INTO "ApiKey" (id, name, scopes, "secretHash", "createdAt")
    VALUES (${DEVELOPMENT_KEY_ID}, ${DEVELOPMENT_KEY_ID}, ${[...API_KEY_SCOPES]}::text[], ${hashSecret(secretOf(tokenSecret))}, now())
    ON CONFLICT (id) DO UPDATE SET scopes = excluded.scopes, "secretHash" = excluded."secretHash"
    WHERE "ApiKey"."revokedAt" IS NULL`
  return kept > 0
}
