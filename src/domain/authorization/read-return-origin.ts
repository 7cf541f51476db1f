import type { Deps } from '../deps.js'
import { hashSecret } from '../hashed-secret.js'
import { findAuthorizationByState } from './authorization-record.js'

/** Returns the origin of an authorization's `returnTo`, by its state. Undefined if it has none, null if the state is unknown. */
export async function readReturnOrigin(
  { sql }: Pick<Deps, 'sql'>,
  connectorSlug: string,
  state: string,
): Promise<string | undefined | null> {
  const authorization = await findAuthorizationByState(sql, hashSecret(state))
  if (authorization?.connectorSlug !== connectorSlug) return null
  return authorization.returnTo === null ? undefined : new URL(authorization.returnTo).origin
}
