import type { Deps } from '../deps.js'
import { hashSecret } from '../hashed-secret.js'
import { findAuthorizationByState } from './authorization-record.js'
import { redirectOriginOf } from './return-to.js'

/**
 * Returns the origin that an authorization's `returnTo` redirects to, by its state. Undefined if there is none, null if the
 * state is unknown.
 */
export async function readReturnOrigin(
  { sql, settings }: Pick<Deps, 'sql' | 'settings'>,
  connectorSlug: string,
  state: string,
): Promise<string | undefined | null> {
  const authorization = await findAuthorizationByState(sql, hashSecret(state))
  if (authorization?.connectorSlug !== connectorSlug) return null
  const { returnTo } = authorization
  return returnTo === null ? undefined : redirectOriginOf(returnTo, settings.returnOrigins)
}
