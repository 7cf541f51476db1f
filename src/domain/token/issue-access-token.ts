import type { Catalogue, Connector, Requirement } from '../catalogue/catalogue.js'
import { missingScopes } from '../catalogue/scopes.js'
import { type CheckDeps, checkAtApp } from '../connection/check/check-at-app.js'
import { oauthTarget } from '../credential/client-credentials.js'
import { openTokens } from '../credential/tokens.js'
import { InvalidInputError, NotFoundError } from '../errors.js'
import type { ApiKeyCaller } from '../identity/api-key-caller.js'
import { checkedIdentity, type GivenIdentity } from '../identity/user-identity.js'
import { setupIdOf, userIdOf } from '../identity/viewer.js'
import type { Metadata } from '../ports/oauth-client.js'
import { VaultError } from '../ports/vault.js'
import type { RateLimits } from '../rate-limit/rate-limits.js'
import { PROBLEMS } from '../view/connection-problems.js'
import { type ApiAccess, apiAccessOf, needsClientId } from './api-access.js'
import { chooseCandidate } from './choose-candidate.js'
import type { Candidate, ReadCandidates } from './read-candidates.js'
import type { RecordIssue } from './record-issues.js'
import { AccessTokenUnavailableError } from './token-unavailable.js'

export const DEFAULT_MIN_TTL_SECONDS = 60
export const MAX_MIN_TTL_SECONDS = 3_600

/** The user and the app to issue a token for, and what it is for. */
export interface TokenRequest {
  user: GivenIdentity
  connectorSlug: string
  setupId: string | null
  skill: { pluginSlug: string; slug: string } | null
  connectionId: string | null
  /** The minimum time that the token must be valid: 0 to `MAX_MIN_TTL_SECONDS`. */
  minTtlSeconds: number
  /** The version of a token that the app has rejected. It is not issued again. */
  rejectedVersion: number | null
}

export interface IssuedToken {
  accessToken: string
  /** Null if the app didn't say. */
  expiresInMs: number | null
  scopes: readonly string[]
  version: number
  connectionId: string
  account: { id: string; label: string | null } | null
  /** Values of the connection that requests need, such as the address of its API, by name. */
  metadata: Metadata
  api: ApiAccess
}

export type IssueDeps = CheckDeps & {
  readCandidates: ReadCandidates
  recordIssue: RecordIssue
  rateLimits: Pick<RateLimits, 'take' | 'check' | 'count'>
}

/** What is learned along the way can change what to do next. It never takes more rounds than this. */
const MAX_ROUNDS = 4

/**
 * Issues an access token to a runtime and records that in the user's activity. The token is valid for at least the
 * requested time. If necessary, it is refreshed first.
 * @throws InvalidInputError for an invalid user or time, AccessTokenUnavailableError with the reason and the remedy to
 * show to the user, RateLimitedError if the app would be asked too often for one connection
 */
export async function issueAccessToken(
  deps: IssueDeps,
  key: ApiKeyCaller,
  request: TokenRequest,
): Promise<IssuedToken> {
  assertMinTtl(request.minTtlSeconds)
  const userId = userIdOf(checkedIdentity(request.user, deps.settings.hostIssuers, 'configured'))
  try {
    for (let again = false; ; again = true) {
      const { token, accountLabel, app } = await tokenFor(deps, userId, request)
      const recorded = await deps.recordIssue({
        userId,
        connectionId: token.connectionId,
        connectorSlug: request.connectorSlug,
        accountLabel,
        apiKeyName: key.name,
        skillSlug: request.skill?.slug ?? null,
      })
      if (recorded) {
        deps.telemetry.tokenIssued(request.connectorSlug)
        return token
      }
      // The connection is being removed, so it no longer issues tokens.
      if (again) throw new AccessTokenUnavailableError('APP_UNAVAILABLE', app, { retryInMs: 1_000 })
    }
  } catch (error) {
    if (error instanceof AccessTokenUnavailableError) deps.telemetry.tokenRefused(request.connectorSlug, error.reason)
    throw error
  }
}

function assertMinTtl(seconds: number): void {
  if (seconds >= 0 && seconds <= MAX_MIN_TTL_SECONDS) return
  const message = `must be between 0 and ${MAX_MIN_TTL_SECONDS}`
  throw new InvalidInputError('request for a token', [{ path: 'minTtlSeconds', message }])
}

/** A token that may be issued once that is recorded. */
interface Found {
  token: IssuedToken
  accountLabel: string | null
  /** The app's name. */
  app: string
}

async function tokenFor(deps: IssueDeps, userId: string, request: TokenRequest): Promise<Found> {
  const { connectorSlug, skill, connectionId, minTtlSeconds } = request
  const setupId = request.setupId ?? (skill && setupIdOf(userId, skill.pluginSlug))
  const neededMs = minTtlSeconds * 1000
  let rejectedVersion = request.rejectedVersion
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { catalogueRevision, setupFound, boundTo, connections } = await deps.readCandidates({
      userId,
      connectorSlug,
      setupId,
    })
    const catalogue = await deps.catalogue.at(catalogueRevision)
    const connector = catalogue.connectors.get(connectorSlug)
    if (!connector) throw new NotFoundError('connector')
    const requirement = skill && requirementOf(catalogue, connector, skill)
    if (request.setupId !== null && !setupFound) throw new NotFoundError('setup')
    if (connectionId !== null && !connections.some(({ id }) => id === connectionId))
      throw new NotFoundError('connection')
    const candidate = chooseCandidate({ connectionId, step: setupId !== null, boundTo, connections })
    if (typeof candidate === 'string') throw new AccessTokenUnavailableError(candidate, connector.name)
    assertUsable(connector, candidate, requirement?.scopes ?? [])

    const found = async (
      token: Omit<IssuedToken, 'connectionId' | 'account' | 'metadata' | 'api'> &
        Partial<Pick<IssuedToken, 'metadata'>>,
    ): Promise<Found> => {
      const metadata = { ...candidate.metadata, ...token.metadata }
      const api = apiAccessOf(connector.provider, metadata, await neededClientId(deps, connector))
      return {
        token: { ...issuedOf(candidate), ...token, metadata, api },
        accountLabel: candidate.accountLabel,
        app: connector.name,
      }
    }

    const refused = candidate.tokenVersion === rejectedVersion
    const lives = lifeOf(candidate, neededMs)
    if (lives === 'too-short') throw new AccessTokenUnavailableError('LIFETIME_TOO_SHORT', connector.name)
    if (lives === 'ended') throw new AccessTokenUnavailableError('CONNECTION_EXPIRED', connector.name)
    if (!refused && lives === 'long-enough') {
      const { accessToken } = await opened(connector, () =>
        openTokens(deps.vault, ownerOf(candidate), candidate.sealed),
      )
      const { leftMs, tokenVersion, grantedScopes } = candidate
      return found({ accessToken, expiresInMs: leftMs, scopes: grantedScopes, version: tokenVersion })
    }
    if (!candidate.refreshable) {
      // The app rejected it, and all that can be done is to ask the app.
      deps.rateLimits.take('refreshes', candidate.id)
      const result = await opened(connector, () => checkAtApp(deps, connector, candidate))
      if (result.kind === 'unknown' && result.retryInMs !== null) {
        throw new AccessTokenUnavailableError('APP_UNAVAILABLE', connector.name, { retryInMs: result.retryInMs })
      }
      // Accepted after all, or there is no way to ask. Then the runtime finds out by using it.
      if (result.kind !== 'ended') rejectedVersion = null
      continue
    }
    const outcome = await deps.refresher.refresh({
      connectionId: candidate.id,
      tokenVersion: candidate.tokenVersion,
      connector,
      neededMs: refused ? Number.MAX_SAFE_INTEGER : neededMs,
      beforeStart: () => deps.rateLimits.check('refreshes', candidate.id),
      onClaimed: () => deps.rateLimits.count('refreshes', candidate.id),
    })
    if (outcome.kind === 'failed') {
      throw new AccessTokenUnavailableError('APP_UNAVAILABLE', connector.name, { retryInMs: outcome.retryInMs })
    }
    // Not a time to wait: the pause ends early once an operator has acted, and otherwise brings the same refusal.
    if (outcome.kind === 'client-refused') throw new AccessTokenUnavailableError('CLIENT_REFUSED', connector.name)
    if (outcome.kind === 'refreshed') {
      const { accessToken, expiresInMs, scopes, tokenVersion, metadata } = outcome.token
      if (expiresInMs !== null && expiresInMs < neededMs) {
        throw new AccessTokenUnavailableError('LIFETIME_TOO_SHORT', connector.name)
      }
      assertGranted(connector, scopes, requirement?.scopes ?? [])
      return found({ accessToken, expiresInMs, scopes, version: tokenVersion, metadata })
    }
    // Ended or overtaken. The next round reads what happened.
  }
  throw new AccessTokenUnavailableError('APP_UNAVAILABLE', connectorSlug, { retryInMs: 1_000 })
}

function requirementOf(
  catalogue: Catalogue,
  connector: Connector,
  { pluginSlug, slug }: { pluginSlug: string; slug: string },
): Requirement {
  const plugin = catalogue.plugins.get(pluginSlug)
  const skill = [...(plugin?.skills ?? []), ...(plugin?.formerSkills ?? [])].find((each) => each.slug === slug)
  if (!skill) throw new NotFoundError('skill')
  const requirement = skill.requirements.find((each) => each.connector.slug === connector.slug)
  if (requirement) return requirement
  const message = `${skill.name} doesn’t use ${connector.name}`
  throw new InvalidInputError('request for a token', [{ path: 'skillId', message }])
}

function assertUsable(
  connector: Connector,
  { status, problemCode, grantedScopes }: Candidate,
  scopes: readonly string[],
): void {
  if (!connector.available) throw new AccessTokenUnavailableError('CONNECTOR_UNAVAILABLE', connector.name)
  if (status !== 'LIVE') {
    const reason = status === 'EXPIRED' ? 'CONNECTION_EXPIRED' : 'CONNECTION_BROKEN'
    const facts = problemCode ? { message: PROBLEMS[problemCode](connector.name) } : {}
    throw new AccessTokenUnavailableError(reason, connector.name, facts)
  }
  assertGranted(connector, grantedScopes, scopes)
}

function assertGranted(connector: Connector, granted: readonly string[], scopes: readonly string[]): void {
  const missing = missingScopes(connector.provider, scopes, granted)
  if (missing.length > 0) {
    throw new AccessTokenUnavailableError('MISSING_SCOPES', connector.name, { missingScopes: missing })
  }
}

type Life = 'long-enough' | 'to-be-refreshed' | 'too-short' | 'ended'

/** Returns whether an access token, or its successor, would last as long as needed. */
export function lifeOf(
  { leftMs, lifetimeMs, refreshable }: Pick<Candidate, 'leftMs' | 'lifetimeMs' | 'refreshable'>,
  neededMs: number,
): Life {
  if (leftMs === null || leftMs >= neededMs) return 'long-enough'
  if (!refreshable) return leftMs > 0 ? 'too-short' : 'ended'
  return lifetimeMs !== null && lifetimeMs < neededMs ? 'too-short' : 'to-be-refreshed'
}

/** Few apps need it, so the statement that reads candidates doesn't have it. */
async function neededClientId(deps: IssueDeps, connector: Connector): Promise<string | undefined> {
  if (!needsClientId(connector.provider)) return undefined
  const target = await opened(connector, () => oauthTarget(deps, connector))
  return target?.credentials.clientId
}

/** A missing key may come back. Until then, no token can be issued, but nothing is wrong with the connection. */
async function opened<T>(connector: Connector, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof VaultError && error.retryable) {
      throw new AccessTokenUnavailableError('VAULT_UNAVAILABLE', connector.name, { retryInMs: 30_000 })
    }
    throw error
  }
}

function ownerOf({ organization, userId, id }: Candidate) {
  return { organization, userId, recordId: id }
}

function issuedOf({ id, accountId, accountLabel }: Candidate) {
  return { connectionId: id, account: accountId === null ? null : { id: accountId, label: accountLabel } }
}
