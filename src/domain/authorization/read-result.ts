import type { Connector } from '../catalogue/catalogue.js'
import type { Deps } from '../deps.js'
import { type AuthorizationRecord, findAuthorization } from './authorization-record.js'
import { type BrowserChannel, isStartedIn } from './browser-binding.js'

export type AuthorizationResult =
  | { kind: 'unknown' }
  | { kind: 'wrong-browser'; connector: Connector }
  | { kind: 'status'; authorization: AuthorizationRecord; connector: Connector }

/** Returns what the browser that started an authorization may see of it. Changes nothing. */
export async function readResult(
  { sql, catalogue, settings }: Pick<Deps, 'sql' | 'catalogue' | 'settings'>,
  id: string,
  browser: BrowserChannel,
): Promise<AuthorizationResult> {
  const authorization = await findAuthorization(sql, id)
  const present = authorization && (await catalogue.at(authorization.catalogueRevision))
  const connector = present?.connectors.get(authorization?.connectorSlug ?? '')
  if (!authorization || !connector) return { kind: 'unknown' }
  if (!isStartedIn(browser, settings.publicUrl, authorization)) return { kind: 'wrong-browser', connector }
  return { kind: 'status', authorization, connector }
}
