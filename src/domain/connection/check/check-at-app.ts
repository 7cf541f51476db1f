import type { Connector } from '../../catalogue/catalogue.js'
import { providerFor } from '../../credential/client-credentials.js'
import { openTokens } from '../../credential/tokens.js'
import type { Deps } from '../../deps.js'
import { isOfAccount } from '../../ports/account-key.js'
import { causeOf, type FailureCause } from '../../ports/failure-cause.js'
import { type Metadata, OAuthError } from '../../ports/oauth-client.js'
import { breakConnection } from '../break-connection.js'
import type { Refresher } from '../refresh/refresher.js'
import { isToBeRenamed, renameAccount } from './rename-account.js'

/** A connection with everything needed to ask the app about it. */
export interface ConnectionToCheck {
  id: string
  userId: string
  organization: string
  accountId: string | null
  accountIdFrom: string | null
  metadata: Metadata
  refreshable: boolean
  tokenVersion: number
  /** How many milliseconds the access token has left, by the database's clock. Null if the app didn't say. */
  leftMs: number | null
  sealed: Uint8Array<ArrayBuffer>
}

export type CheckResult =
  /** The app accepts it. */
  | { kind: 'accepted' }
  /** The app doesn't accept it, so the connection is now broken. */
  | { kind: 'ended'; cause?: FailureCause }
  /** The app didn't say. `retryInMs` is null if there is no way to ask it. Failed refreshes keep their own cause. */
  | { kind: 'unknown'; retryInMs: number | null; cause?: FailureCause }
  /** The app can't be asked, because it refuses the connector's client. An operator has to act. */
  | { kind: 'client-refused'; retryInMs: number; cause?: undefined }

export type CheckDeps = Pick<
  Deps,
  'db' | 'sql' | 'notifier' | 'vault' | 'oauth' | 'catalogue' | 'telemetry' | 'settings'
> & {
  refresher: Pick<Refresher, 'refresh'>
}

/** An access token that expires on its way to the app proves nothing. */
const ENDING_MS = 10_000
const RETRY_MS = 60_000
const OTHER_ACCOUNT: FailureCause = {
  stage: 'CHECK',
  reason: 'OTHER_ACCOUNT',
  host: null,
  httpStatus: null,
  providerCode: null,
  providerDescription: null,
}

/**
 * Asks the app whether it accepts the connection: with the provider's identity call, or with a refresh if the access
 * token has expired or is rejected, or if there is no such call.
 */
export async function checkAtApp(
  deps: CheckDeps,
  connector: Connector,
  connection: ConnectionToCheck,
): Promise<CheckResult> {
  const result = await ask(deps, connector, connection)
  deps.telemetry.connectionChecked(
    connector.slug,
    result.kind === 'accepted' ? 'accepted' : result.kind === 'ended' ? 'refused' : 'unknown',
    result.kind === 'accepted' ? null : (result.cause ?? null),
  )
  return result
}

async function ask(deps: CheckDeps, connector: Connector, connection: ConnectionToCheck): Promise<CheckResult> {
  const { refreshable, leftMs } = connection
  if (leftMs !== null && leftMs <= ENDING_MS) {
    // Without a refresh token, a scheduled job marks it as expired.
    return refreshable ? renew(deps, connector, connection) : { kind: 'unknown', retryInMs: null }
  }
  if (!connector.provider.identity?.url) {
    return refreshable ? renew(deps, connector, connection) : { kind: 'unknown', retryInMs: null }
  }
  const { accessToken, variables } = await openTokens(
    deps.vault,
    { organization: connection.organization, userId: connection.userId, recordId: connection.id },
    connection.sealed,
  )
  const retryInMs = Math.min(RETRY_MS, deps.settings.checkEveryMs)
  try {
    const provider = providerFor(connector.provider, variables)
    const { account } = await deps.oauth.identify(provider, { accessToken, metadata: connection.metadata })
    // A token never changes its account. If the app says it did, neither result can be trusted.
    const same = connection.accountId === null || (account !== null && isOfAccount(connection, account))
    if (same && account && isToBeRenamed(connection, account)) await renameAccount(deps, connection, account)
    return same ? { kind: 'accepted' } : { kind: 'unknown', retryInMs, cause: OTHER_ACCOUNT }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    const cause = causeOf('CHECK', error)
    if (error.verdict !== 'ACCESS_ENDED') return { kind: 'unknown', retryInMs: error.retryAfterMs ?? retryInMs, cause }
    if (refreshable) return renew(deps, connector, connection)
    await breakConnection(deps, connection, 'ACCESS_REVOKED', cause)
    return { kind: 'ended', cause }
  }
}

async function renew(
  { refresher }: CheckDeps,
  connector: Connector,
  connection: ConnectionToCheck,
): Promise<CheckResult> {
  const { id: connectionId, tokenVersion } = connection
  const outcome = await refresher.refresh({ connectionId, tokenVersion, connector, neededMs: Number.MAX_SAFE_INTEGER })
  if (outcome.kind === 'ended') return { kind: 'ended' }
  if (outcome.kind === 'failed') return { kind: 'unknown', retryInMs: outcome.retryInMs }
  if (outcome.kind === 'client-refused') return outcome
  // Another caller has just received tokens from the app.
  return { kind: 'accepted' }
}
