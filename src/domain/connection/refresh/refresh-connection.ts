import { openTarget } from '../../credential/client-credentials.js'
import { openTokens, sealTokens } from '../../credential/tokens.js'
import type { Deps } from '../../deps.js'
import { jittered, pause } from '../../pause.js'
import { OAuthError, type Tokens } from '../../ports/oauth-client.js'
import type { RefreshResult } from '../../ports/telemetry.js'
import { VaultError } from '../../ports/vault.js'
import { breakConnection } from '../break-connection.js'
import { pauseAfterFailureMs } from '../refresh-rules.js'
import type { Claim } from './claim-refreshes.js'
import { pauseProvider, releaseClaim } from './release-claim.js'
import { type Refreshed, refreshedOf, type StoreDeps, storeRefreshed } from './store-refreshed.js'

/** A token as the app returned it. */
export interface FreshToken {
  accessToken: string
  tokenVersion: number
  expiresInMs: number | null
  scopes: readonly string[]
}

export type RefreshOutcome =
  | { kind: 'refreshed'; token: FreshToken }
  /** The connection is broken now, because the app no longer accepts its tokens. */
  | { kind: 'ended' }
  /** It may work later, but not before this many milliseconds. */
  | { kind: 'failed'; retryInMs: number }
  /** Something else changed the connection in the meantime, so read it again. */
  | { kind: 'overtaken' }

export type RefreshDeps = Pick<Deps, 'sql' | 'vault' | 'oauth' | 'settings' | 'telemetry'> & StoreDeps

/**
 * If more time than this passes between claim and request, another instance may have taken over. Then nothing is sent.
 */
const SEND_WITHIN_MS = 10_000
/** An operator has to act. Until then, the app is not asked more often than this. */
const CLIENT_REFUSED_PAUSE_MS = 5 * 60_000
const FIRST_STORE_PAUSE_MS = 200
const MAX_STORE_PAUSE_MS = 5_000

/**
 * Carries out a claimed refresh: asks the app outside any transaction, then stores the result.
 * @param stopping aborts when the server stops waiting for tokens that can't be stored
 * @param answered called once the app has responded with tokens, before they are stored
 */
export async function refreshConnection(
  deps: RefreshDeps,
  claim: Claim,
  stopping: AbortSignal,
  answered: () => void,
): Promise<RefreshOutcome> {
  const startedAtMs = performance.now()
  const [result, outcome] = await carryOut(deps, claim, stopping, answered)
  deps.telemetry.connectionRefreshed(claim.connectorSlug, result, performance.now() - startedAtMs)
  return outcome
}

async function carryOut(
  deps: RefreshDeps,
  claim: Claim,
  stopping: AbortSignal,
  answered: () => void,
): Promise<[RefreshResult, RefreshOutcome]> {
  const owner = { organization: claim.organization, userId: claim.userId, recordId: claim.id }
  let asked = false
  try {
    const { connectorSlug, catalogueRevision, sealedCredentials } = claim
    const connector = (await deps.catalogue.at(catalogueRevision)).connectors.get(connectorSlug)
    const target = connector && (await openTarget(deps, connector, sealedCredentials))
    if (!connector || !target) return ['failed', await release(deps, claim, { certain: true })]
    const { refreshToken } = await openTokens(deps.vault, owner, claim.sealed)
    if (refreshToken === null) throw new Error('a connection is refreshable and has no refresh token')
    if (performance.now() - claim.takenAtMs > SEND_WITHIN_MS) return ['overtaken', { kind: 'overtaken' }]
    asked = true
    const answer = await deps.oauth.refresh(target, refreshToken, claim.grantedScopes)
    answered()
    const tokens = { ...answer, refreshToken: answer.refreshToken ?? refreshToken }
    const stored = await keep(deps, claim, tokens, stopping, async () => {
      const sealed = await sealTokens(deps.vault, owner, tokens)
      return refreshedOf(claim, connector, tokens, sealed, deps.settings.checkEveryMs)
    })
    return stored ? ['refreshed', stored] : ['overtaken', { kind: 'overtaken' }]
  } catch (error) {
    if (error instanceof OAuthError) return refused(deps, claim, error)
    if (error instanceof VaultError && error.retryable && !asked)
      return ['failed', await release(deps, claim, { certain: true })]
    if (!asked) await release(deps, claim, { certain: true }).catch(() => {}) // the lease runs out anyway
    throw error
  }
}

/** Keeps tokens that can't be stored in memory, and tries to store them until it works. */
async function keep(
  deps: RefreshDeps,
  claim: Claim,
  { accessToken }: Tokens,
  stopping: AbortSignal,
  prepare: () => Promise<Refreshed>,
): Promise<RefreshOutcome | null> {
  let refreshed: Refreshed | undefined
  for (let pauseMs = FIRST_STORE_PAUSE_MS, again = false; ; pauseMs = Math.min(pauseMs * 2, MAX_STORE_PAUSE_MS)) {
    try {
      refreshed ??= await prepare()
      if (!(await storeRefreshed(deps, claim, refreshed, again))) return null
      const { expiresInMs, scopes } = refreshed
      return { kind: 'refreshed', token: { accessToken, tokenVersion: claim.tokenVersion + 1, expiresInMs, scopes } }
    } catch (error) {
      deps.telemetry.tokensHeld(claim.connectorSlug, error)
      again = true
      if (stopping.aborted) {
        deps.telemetry.tokensLost(claim.connectorSlug)
        throw error
      }
      await pause(jittered(pauseMs), { ref: false })
    }
  }
}

async function refused(deps: RefreshDeps, claim: Claim, error: OAuthError): Promise<[RefreshResult, RefreshOutcome]> {
  if (error.verdict === 'ACCESS_ENDED') {
    // The app replaced the refresh token before, and its response never arrived. The user didn't revoke anything.
    const code = claim.interrupted ? 'REFRESH_INTERRUPTED' : 'ACCESS_REVOKED'
    const broken = await breakConnection(deps, claim, code)
    return broken ? ['ended', { kind: 'ended' }] : ['overtaken', { kind: 'overtaken' }]
  }
  const certain = error.answered
  if (error.verdict === 'CLIENT_REFUSED') {
    deps.telemetry.clientRefused(claim.connectorSlug, error.detail)
    return ['client-refused', await release(deps, claim, { certain, retryAfterMs: CLIENT_REFUSED_PAUSE_MS })]
  }
  const { retryAfterMs } = error
  if (retryAfterMs !== null) {
    const connector = (await deps.catalogue.current()).connectors.get(claim.connectorSlug)
    if (connector) await pauseProvider(deps.sql, connector.providerKey, retryAfterMs)
  }
  return ['failed', await release(deps, claim, { certain, retryAfterMs })]
}

async function release(
  { sql }: Pick<Deps, 'sql'>,
  claim: Claim,
  { certain, retryAfterMs = null }: { certain: boolean; retryAfterMs?: number | null },
): Promise<RefreshOutcome> {
  const retryInMs = pauseAfterFailureMs(claim.refreshAttempts, retryAfterMs, Math.random())
  await releaseClaim(sql, claim, retryInMs, certain)
  return { kind: 'failed', retryInMs }
}
