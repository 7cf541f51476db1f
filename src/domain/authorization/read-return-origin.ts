import type { Deps } from '../deps.js'
import { hashSecret } from '../hashed-secret.js'
import { findAuthorizationByState } from './authorization-record.js'

/** Returns the origin of an authorization's `returnTo`, by its state. Undefined if it has none or the state is unknown. */
export async function readReturnOrigin(
  { sql }: Pick<Deps, 'sql'>,
  connectorSlug: string,
  state: string,
): Promise<string | undefined> {
  const authorization = await findAuthorizationByState(sql, hashSecret(state))
  if (authorization?.connectorSlug !== connectorSlug || authorization.returnTo === null) return undefined
  return new URL(authorization.returnTo).origin
}
