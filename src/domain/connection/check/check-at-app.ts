import type { Connector } from '../../catalogue/catalogue.js'
import { openTokens } from '../../credential/tokens.js'
import type { Deps } from '../../deps.js'
import { OAuthError } from '../../ports/oauth-client.js'
import { breakConnection } from '../break-connection.js'
import type { Refresher } from '../refresh/refresher.js'

/** A connection with what it takes to ask the app about it. */
export interface ConnectionToCheck {
  id: string
  userId: string
  organization: string
  accountId: string | null
  refreshable: boolean
  tokenVersion: number
  /** Milliseconds the access token has left by the database's clock; null when the app did not say. */
  leftMs: number | null
  sealed: Uint8Array<ArrayBuffer>
}

export type CheckResult =
  /** The app accepts it. */
  | { kind: 'accepted' }
  /** It does not, and the connection is broken now. */
  | { kind: 'ended' }
  /** The app did not say; null where it cannot be asked at all. */
  | { kind: 'unknown'; retryInMs: number | null }

export type CheckDeps = Pick<Deps, 'db' | 'notifier' | 'vault' | 'oauth' | 'catalogue' | 'telemetry' | 'settings'> & {
  refresher: Pick<Refresher, 'refresh'>
}

/** An access token that ends while it is on its way to the app proves nothing. */
const ENDING_MS = 10_000
const RETRY_MS = 60_000

/**
 * Asks the app whether it accepts the connection: by the provider's identity call, and by a refresh where the access
 * token has ended, is refused, or there is no such call.
 */
export async function checkAtApp(
  deps: CheckDeps,
  connector: Connector,
  holder: ConnectionToCheck,
): Promise<CheckResult> {
  const result = await ask(deps, connector, holder)
  deps.telemetry.connectionChecked(
    connector.slug,
    result.kind === 'accepted' ? 'accepted' : result.kind === 'ended' ? 'refused' : 'unknown',
  )
  return result
}

async function ask(deps: CheckDeps, connector: Connector, holder: ConnectionToCheck): Promise<CheckResult> {
  const { refreshable, leftMs } = holder
  if (leftMs !== null && leftMs <= ENDING_MS) {
    // Without a refresh token, due work says that it has expired.
    return refreshable ? renew(deps, connector, holder) : { kind: 'unknown', retryInMs: null }
  }
  if (!connector.provider.identity) {
    return refreshable ? renew(deps, connector, holder) : { kind: 'unknown', retryInMs: null }
  }
  const { accessToken } = await openTokens(
    deps.vault,
    { organization: holder.organization, userId: holder.userId, recordId: holder.id },
    holder.sealed,
  )
  const retryInMs = Math.min(RETRY_MS, deps.settings.checkEveryMs)
  try {
    const account = await deps.oauth.identify(connector.provider, accessToken)
    // A token never changes its account: an app that says so is not to be believed either way.
    const same = holder.accountId === null || account?.id === holder.accountId
    return same ? { kind: 'accepted' } : { kind: 'unknown', retryInMs }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    if (error.verdict !== 'ACCESS_ENDED') return { kind: 'unknown', retryInMs: error.retryAfterMs ?? retryInMs }
    if (refreshable) return renew(deps, connector, holder)
    await breakConnection(deps, holder, 'ACCESS_REVOKED')
    return { kind: 'ended' }
  }
}

async function renew({ refresher }: CheckDeps, connector: Connector, holder: ConnectionToCheck): Promise<CheckResult> {
  const { id: connectionId, tokenVersion } = holder
  const outcome = await refresher.refresh({ connectionId, tokenVersion, connector, neededMs: Number.MAX_SAFE_INTEGER })
  if (outcome.kind === 'ended') return { kind: 'ended' }
  if (outcome.kind === 'failed') return { kind: 'unknown', retryInMs: outcome.retryInMs }
  // Whoever overtook it has just got tokens from the app.
  return { kind: 'accepted' }
}
