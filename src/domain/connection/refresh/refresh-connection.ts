import type { Provider } from '../../catalogue/provider.js'
import { openTarget, providerFor } from '../../credential/client-credentials.js'
import { openTokens, type StoredTokens, sealTokens } from '../../credential/tokens.js'
import type { Deps } from '../../deps.js'
import { causeOf, type FailureCause } from '../../ports/failure-cause.js'
import {
  type Metadata,
  OAuthError,
  type RefreshedTokens,
  type Tokens,
  type UnreadAnswer,
} from '../../ports/oauth-client.js'
import type { RefreshResult } from '../../ports/telemetry.js'
import { VaultError } from '../../ports/vault.js'
import { type BreakCode, breakConnection } from '../break-connection.js'
import { pauseAfterFailureMs } from '../refresh-rules.js'
import { endsGrant, needsOperator } from '../refusal-rules.js'
import type { Claim } from './claim-refreshes.js'
import { keepUnread } from './keep-unread.js'
import { recordRefusal } from './record-refusal.js'
import { pauseProvider, releaseClaim } from './release-claim.js'
import { type Refreshed, refreshedOf, type StoreDeps, storeRefreshed } from './store-refreshed.js'
import { untilStored } from './until-stored.js'

/** A token as the app returned it. */
export interface FreshToken {
  accessToken: string
  tokenVersion: number
  expiresInMs: number | null
  scopes: readonly string[]
  /** The values that the response had. */
  metadata: Metadata
}

export type RefreshOutcome =
  | { kind: 'refreshed'; token: FreshToken }
  /** The connection is broken now, because the app no longer accepts its tokens. */
  | { kind: 'ended' }
  /** It may work later, but not before this many milliseconds. */
  | { kind: 'failed'; retryInMs: number }
  /** The app refuses the connector's client, which only an operator can change. Patchbay asks again after this time. */
  | { kind: 'client-refused'; retryInMs: number }
  /** Something else changed the connection in the meantime, so read it again. */
  | { kind: 'overtaken' }

export type RefreshDeps = Pick<Deps, 'sql' | 'vault' | 'oauth' | 'settings' | 'telemetry'> & StoreDeps

/**
 * If more time than this passes between claim and request, another instance may have taken over. Then nothing is sent.
 */
const SEND_WITHIN_MS = 10_000
/** An operator has to act. Until then, the app is not asked more often than this. */
const CLIENT_REFUSED_PAUSE_MS = 5 * 60_000
/** How long a response with tokens that can't be used is left alone if it has no new refresh token. */
const UNREAD_PAUSE_MS = 15 * 60_000

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
  const [result, outcome, cause = null] = await carryOut(deps, claim, stopping, answered)
  deps.telemetry.connectionRefreshed(claim.connectorSlug, result, performance.now() - startedAtMs, cause)
  return outcome
}

/** What a refresh resulted in, for telemetry and for callers, and why if it failed at the app. */
type Carried = [RefreshResult, RefreshOutcome, FailureCause?]

async function carryOut(
  deps: RefreshDeps,
  claim: Claim,
  stopping: AbortSignal,
  answered: () => void,
): Promise<Carried> {
  const owner = { organization: claim.organization, userId: claim.userId, recordId: claim.id }
  let asked = false
  let before: StoredTokens | undefined
  try {
    const { connectorSlug, catalogueRevision, sealedCredentials } = claim
    const connector = (await deps.catalogue.at(catalogueRevision)).connectors.get(connectorSlug)
    const target = connector && (await openTarget(deps, connector, sealedCredentials))
    if (!connector || !target) return ['failed', await release(deps, claim, { certain: true })]
    before = await openTokens(deps.vault, owner, claim.sealed)
    const { refreshToken, server = null, isShortLived, variables, unread } = before
    if (refreshToken === null) throw new Error('a connection is refreshable and has no refresh token')
    if (performance.now() - claim.takenAtMs > SEND_WITHIN_MS) return ['overtaken', { kind: 'overtaken' }]
    const provider = providerFor(target.provider, variables)
    asked = true
    const answer =
      rereadOf(deps, provider, unread) ??
      (await deps.oauth.refresh({ ...target, provider, server }, refreshToken, claim.grantedScopes, isShortLived))
    answered()
    const tokens = { ...answer, server, variables, refreshToken: answer.refreshToken ?? refreshToken }
    const kept = answer.unread === null ? undefined : { text: answer.unread, receivedAtMs: Date.now() }
    const stored = await keep(deps, claim, tokens, stopping, async () => {
      const sealed = await sealTokens(deps.vault, owner, { ...tokens, unread: kept })
      return refreshedOf(claim, connector, tokens, sealed, deps.settings.checkEveryMs)
    })
    return stored ? ['refreshed', stored] : ['overtaken', { kind: 'overtaken' }]
  } catch (error) {
    if (error instanceof OAuthError && error.unread && before) {
      return unusable(deps, claim, before, error, error.unread, stopping)
    }
    if (error instanceof OAuthError) return refused(deps, claim, error)
    if (error instanceof VaultError && error.retryable && !asked)
      return ['failed', await release(deps, claim, { certain: true })]
    if (!asked) await release(deps, claim, { certain: true }).catch(() => {}) // the lease runs out anyway
    throw error
  }
}

/** Reads an earlier response that couldn't be used then. Its tokens have been valid since it arrived. */
function rereadOf({ oauth }: RefreshDeps, provider: Provider, unread: StoredTokens['unread']): RefreshedTokens | null {
  const tokens = unread ? oauth.reread(provider, unread.text) : null
  if (!tokens || !unread) return null
  const ageSeconds = Math.max(0, Math.floor((Date.now() - unread.receivedAtMs) / 1000))
  const { expiresInSeconds: lifetime } = tokens
  return { ...tokens, expiresInSeconds: lifetime && Math.max(1, lifetime - ageSeconds), unread: null }
}

/** Keeps tokens that can't be stored in memory, and tries to store them until it works. */
async function keep(
  deps: RefreshDeps,
  claim: Claim,
  { accessToken, metadata }: Tokens,
  stopping: AbortSignal,
  prepare: () => Promise<Refreshed>,
): Promise<RefreshOutcome | null> {
  let refreshed: Refreshed | undefined
  return untilStored(deps, claim, stopping, async (again) => {
    refreshed ??= await prepare()
    if (!(await storeRefreshed(deps, claim, refreshed, again))) return null
    const { expiresInMs, scopes } = refreshed
    const tokenVersion = claim.tokenVersion + 1
    return { kind: 'refreshed', token: { accessToken, tokenVersion, expiresInMs, scopes, metadata } }
  })
}

/** The app may have replaced the refresh token, in a response that can't be used. */
async function unusable(
  deps: RefreshDeps,
  claim: Claim,
  before: StoredTokens,
  error: OAuthError,
  unread: UnreadAnswer,
  stopping: AbortSignal,
): Promise<Carried> {
  const kept = await untilStored(deps, claim, stopping, () => keepUnread(deps, claim, before, unread))
  if (!kept) return ['overtaken', { kind: 'overtaken' }]
  // Asking with a refresh token that may be used up can end the grant, so an operator gets time to act.
  const isRenewed = unread.tokens.refreshToken !== null
  const retryAfterMs = isRenewed ? null : UNREAD_PAUSE_MS
  const cause = causeOf('REFRESH', error)
  return ['unread', await release(deps, claim, { certain: isRenewed, retryAfterMs, cause }), cause]
}

async function refused(deps: RefreshDeps, claim: Claim, error: OAuthError): Promise<Carried> {
  const { verdict, retryAfterMs, answered: certain } = error
  const cause = causeOf('REFRESH', error)
  if (verdict === 'ACCESS_ENDED') {
    // The app replaced the refresh token before, and its response never arrived. The user didn't revoke anything.
    return ended(deps, claim, claim.interrupted ? 'REFRESH_INTERRUPTED' : 'ACCESS_REVOKED', cause)
  }
  if (verdict === null) {
    if (retryAfterMs !== null) await pauseAll(deps, claim, retryAfterMs)
    return ['failed', await release(deps, claim, { certain, retryAfterMs, cause }), cause]
  }
  const about = verdict === 'CLIENT_REFUSED' ? 'CLIENT' : 'UNCLEAR'
  const pauseMs = about === 'CLIENT' ? Math.max(retryAfterMs ?? 0, CLIENT_REFUSED_PAUSE_MS) : retryAfterMs
  const retryInMs = pauseAfterFailureMs(claim.refreshAttempts, pauseMs, Math.random())
  const refusals = await recordRefusal(deps.sql, claim, retryInMs, certain, cause)
  if (!refusals || refusals.outdated) return ['overtaken', { kind: 'overtaken' }]
  if (endsGrant({ about, ...refusals })) return ended(deps, claim, 'RENEWAL_REFUSED', cause)
  const kind = needsOperator(cause.reason, refusals) ? 'client-refused' : 'failed'
  if (about === 'UNCLEAR') return ['refused', { kind, retryInMs }, cause]
  if (!refusals.othersAccepted) deps.telemetry.clientRefused(claim.connectorSlug, error.detail, cause)
  return ['client-refused', { kind, retryInMs }, cause]
}

async function ended(deps: RefreshDeps, claim: Claim, code: BreakCode, cause: FailureCause): Promise<Carried> {
  const broken = await breakConnection(deps, claim, code, cause)
  return broken ? ['ended', { kind: 'ended' }, cause] : ['overtaken', { kind: 'overtaken' }]
}

/** The app asked for a pause, for all of its connections. */
async function pauseAll({ catalogue, sql }: RefreshDeps, { connectorSlug }: Claim, ms: number): Promise<void> {
  const connector = (await catalogue.current()).connectors.get(connectorSlug)
  if (connector) await pauseProvider(sql, connector.providerKey, ms)
}

async function release(
  { sql }: Pick<Deps, 'sql'>,
  claim: Claim,
  {
    certain,
    retryAfterMs = null,
    cause = null,
  }: { certain: boolean; retryAfterMs?: number | null; cause?: FailureCause | null },
): Promise<RefreshOutcome> {
  const retryInMs = pauseAfterFailureMs(claim.refreshAttempts, retryAfterMs, Math.random())
  await releaseClaim(sql, claim, retryInMs, certain, cause)
  return { kind: 'failed', retryInMs }
}
