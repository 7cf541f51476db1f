import { randomUUID } from 'node:crypto'
import type { Connector } from '../catalogue/catalogue.js'
import { grantedScopes } from '../catalogue/scopes.js'
import { nextCheckInMs, refreshInMs } from '../connection/refresh-rules.js'
import { type StoredTokens, sealTokens } from '../credential/tokens.js'
import type { Deps } from '../deps.js'
import { isOfAccount } from '../ports/account-key.js'
import type { ExternalAccount, Tokens } from '../ports/oauth-client.js'
import type { Sql } from '../ports/sql.js'
import { type AnnouncedState, announcementsOf } from '../setup/announcements.js'
import type { ConnectionRow } from '../view/user-state.js'
import { connectionEvent } from '../webhook/events.js'
import type { AuthorizationRecord } from './authorization-record.js'
import { connectionToKeep, type KnownConnection } from './connection-to-keep.js'
import { STORE_CONNECTION, type StoredConnection } from './store-connection-sql.js'
import { readForStoring, readLocked, type UserReading } from './user-reading.js'

const MAX_TRIES = 5

export type StoreConnectionDeps = Pick<Deps, 'sql' | 'notifier' | 'telemetry' | 'catalogue' | 'vault' | 'settings'>

/** What one account's consent resulted in. */
interface Consent {
  connector: Connector
  tokens: Tokens & StoredTokens
  account: ExternalAccount | null
}

/** The tokens, sealed for the connection that they belong to. */
interface Sealed {
  /** That connection, if it existed already. */
  known: KnownConnection | undefined
  connectionId: string
  tokens: Uint8Array<ArrayBuffer>
}

/**
 * Commits a successful exchange: creates or repairs the connection, stores its tokens, binds the setup's step to it,
 * supersedes siblings and marks the authorization SUCCEEDED.
 *
 * This is one statement, which takes effect only if the user's revision is still the one of the reading that it is based
 * on, because everything that could matter raises the revision. Otherwise, the user is locked and read again.
 * @param authorization with the status that it has while its result is stored
 * @param reading what was read when the exchange began
 * @returns `another-account` if the authorization was meant to repair a connection of a different account; `overtaken`
 * if the authorization ended in the meantime. In both cases nothing was written
 */
export async function storeConnection(
  deps: StoreConnectionDeps,
  authorization: AuthorizationRecord,
  consent: Consent,
  reading: UserReading | undefined,
): Promise<'stored' | 'another-account' | 'overtaken'> {
  const { connectorSlug, targetConnectionId } = authorization
  const keptIn = ({ state }: UserReading) => {
    const ofConnector = state.connections.filter((connection) => connection.connectorSlug === connectorSlug)
    return connectionToKeep(ofConnector, targetConnectionId, consent.account)
  }
  const earlier = reading ?? (await readForStoring(deps.sql, authorization))
  if (!earlier) return 'overtaken'
  let known = keptIn(earlier)
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (known && isOfAnother(known, consent.account)) return 'another-account'
    // It may call a key service, so it comes before any lock.
    const sealed = await seal(deps, authorization, consent, known)
    if (tries === 0 && (await store(deps, deps.sql.run, authorization, consent, sealed, earlier))) return 'stored'
    const result = await deps.sql.transaction(async (tx) => {
      const locked = await readLocked(tx, authorization)
      if (!locked) return 'overtaken'
      const current = keptIn(locked)
      if (current?.id !== known?.id) {
        known = current
        return 'moved-on'
      }
      return (await store(deps, tx.commit, authorization, consent, sealed, locked)) ? 'stored' : 'moved-on'
    })
    if (result !== 'moved-on') return result
  }
  throw new Error(`the user’s connections changed during each of ${MAX_TRIES} attempts to store one`)
}

async function seal(
  { vault }: StoreConnectionDeps,
  { userId, user: { organization } }: AuthorizationRecord,
  { tokens }: Consent,
  known: KnownConnection | undefined,
): Promise<Sealed> {
  const connectionId = known?.id ?? randomUUID()
  const owner = { organization, userId, recordId: connectionId }
  return { known, connectionId, tokens: await sealTokens(vault, owner, tokens) }
}

/** @returns whether it was stored, and not refused because the user's revision has moved on */
async function store(
  { catalogue, settings, notifier, telemetry }: StoreConnectionDeps,
  run: Sql['run'],
  authorization: AuthorizationRecord,
  consent: Consent,
  { known, connectionId, tokens }: Sealed,
  { revision, setupId, state }: UserReading,
): Promise<boolean> {
  const { userId, connectorSlug, targetConnectionId, user } = authorization
  const { connector, account } = consent
  const connection = connectionOf(authorization, consent, connectionId)
  const after = withConnection(state, connection, setupId)
  const announced = announcementsOf(catalogue.present(state.catalogueRevision), after)
  const stored: StoredConnection = {
    ...connection,
    ...scheduleOf(consent, settings.checkEveryMs),
    metadata: consent.tokens.metadata,
    refreshable: consent.tokens.refreshToken !== null,
    verified: account !== null,
    authorizationId: authorization.id,
    setupId,
    startedForSetup: authorization.setupId,
    targetConnectionId,
    activity: known ? 'REAUTHORIZED' : 'CONNECTED',
    activityDetail: addsPermissions(state, connection) ? 'PERMISSIONS_ADDED' : null,
    revokeReplaced: known !== undefined && !connector.provider.revocationEndsGrant,
    organization: user.organization,
  }
  const ended = await run(
    STORE_CONNECTION,
    userId,
    revision,
    JSON.stringify(stored),
    tokens,
    JSON.stringify(announced.setups),
    JSON.stringify([connectionEvent('connection.live', connection), ...announced.events]),
  )
  if (ended.length === 0) return false
  notifier.notify({ userId, revision: revision + 1 })
  for (const { id, status } of ended) telemetry.authorizationEnded({ id, connectorSlug, status, failureCode: null })
  return true
}

/** Returns whether the connection worked before, and now has more permissions. */
function addsPermissions({ connections }: AnnouncedState, { id, grantedScopes }: ConnectionRow): boolean {
  const before = connections.find((connection) => connection.id === id)
  return before?.status === 'LIVE' && grantedScopes.some((scope) => !before.grantedScopes.includes(scope))
}

function isOfAnother(known: KnownConnection, account: ExternalAccount | null): boolean {
  return known.accountId !== null && !(account && isOfAccount(known, account))
}

function connectionOf(
  { connectorSlug, scopes }: AuthorizationRecord,
  { connector, tokens, account }: Consent,
  id: string,
): ConnectionRow {
  const now = new Date()
  return {
    id,
    connectorSlug,
    status: 'LIVE',
    problemCode: null,
    problemSince: null,
    accountId: account?.id ?? null,
    accountIdFrom: account?.idFrom ?? null,
    accountLabel: account?.label ?? null,
    grantedScopes: grantedScopes(connector.provider, tokens.scope, scopes),
    // The database writes its own time. These only order the connection among the others.
    connectedAt: now,
    authorizedAt: now,
  }
}

/** Returns the state as it is once the connection is stored and its step bound to it. */
function withConnection(state: AnnouncedState, connection: ConnectionRow, setupId: string | null): AnnouncedState {
  const { id, connectorSlug, authorizedAt } = connection
  const isKnown = state.connections.some((other) => other.id === id)
  const connections = isKnown
    ? state.connections.map((other) => (other.id === id ? { ...connection, connectedAt: other.connectedAt } : other))
    : [...state.connections, connection]
  if (setupId === null) return { ...state, connections }
  const others = state.bindings.filter(
    (binding) => binding.setupId !== setupId || binding.connectorSlug !== connectorSlug,
  )
  const binding = { setupId, connectorSlug, connectionId: id, boundAt: authorizedAt, authorized: true }
  return { ...state, connections, bindings: [...others, binding] }
}

/** When the tokens expire, and when they have to be refreshed or checked, in milliseconds from now. */
function scheduleOf({ connector, tokens }: Consent, checkEveryMs: number) {
  const { expiresInSeconds, refreshToken, isShortLived = false } = tokens
  const expiresInMs = expiresInSeconds === null ? null : expiresInSeconds * 1000
  const dueInMs = isShortLived ? 0 : refreshInMs(expiresInMs, Math.random())
  return {
    expiresInMs,
    refreshInMs: refreshToken === null ? null : dueInMs,
    checkInMs: nextCheckInMs(connector.provider, checkEveryMs, Math.random()),
  }
}
