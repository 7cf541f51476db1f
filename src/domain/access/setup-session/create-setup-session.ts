import { randomUUID } from 'node:crypto'
import { type Change, raiseRevisionOf } from '../../change/revision.js'
import type { Tx } from '../../db.js'
import type { Deps } from '../../deps.js'
import { InvalidInputError, NotAdmittedError, NotFoundError } from '../../errors.js'
import { later, MINUTE_MS } from '../../formats.js'
import { globalId } from '../../global-id.js'
import { hashSecret, newSecret } from '../../hashed-secret.js'
import { takeEffect } from '../../idempotency/keyed-operation.js'
import type { ApiKeyCaller } from '../../identity/api-key-caller.js'
import { type GivenIdentity, identityFaults, identityOf, textFaults } from '../../identity/user-identity.js'
import { ALWAYS_ADMITTED, userIdOf, type Viewer } from '../../identity/viewer.js'
import type { RateLimits } from '../../rate-limit/rate-limits.js'
import { type ChangeSetupDeps, startSetup } from '../../setup/start-setup.js'
import type { SetupRow } from '../../view/user-state.js'
import type { Snapshot } from '../../view/user-view.js'
import { formatSessionToken } from './session-token.js'

export const DEFAULT_MINUTES = 15
export const MAX_MINUTES = 60
/** More than one person has pages open, and still a limit for a host that creates a session for each visit. */
export const MAX_SESSIONS = 20

export interface CreateSetupSession {
  user: GivenIdentity & { name: string | null; organizationName: string | null }
  pluginSlug: string
  minutes: number
}

export interface CreatedSetupSession {
  /** Not stored anywhere, so it can't be shown again. */
  token: string
  expiresAt: Date
  /** As the session sees it. */
  setup: Snapshot<SetupRow>
}

export type CreateSessionDeps = ChangeSetupDeps &
  Pick<Deps, 'telemetry' | 'settings'> & { rateLimits: Pick<RateLimits, 'take'> }

/**
 * Creates a token for a front end. It covers one user and one setup, which is started if needed. If the user has too
 * many sessions, the oldest ends. Refusing instead would lock out people who open a page again and again.
 * @throws InvalidInputError, NotFoundError, PluginRetiredError; RateLimitedError if the user gets too many;
 * NotAdmittedError if the key was revoked in the meantime
 */
export async function createSetupSession(
  deps: CreateSessionDeps,
  key: Pick<ApiKeyCaller, 'id'>,
  { user, pluginSlug, minutes }: CreateSetupSession,
): Promise<CreatedSetupSession> {
  const faults = [
    ...identityFaults(user, deps.settings.hostIssuers),
    ...textFaults('user.name', user.name),
    ...textFaults('user.organizationName', user.organizationName),
  ]
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_MINUTES) {
    faults.push({ path: 'minutes', message: `must be from 1 to ${MAX_MINUTES}` })
  }
  if (faults.length > 0) throw new InvalidInputError('input', faults)
  const { setup, userId } = await startedSetup(deps, user, pluginSlug)

  const id = randomUUID()
  const secret = newSecret()
  const { expiresAt, dropped } = await deps.db.$transaction(async (tx) => {
    // No view contains sessions, so the revision doesn't change. The lock on the user's row orders this and an erasure.
    const [locked] = await tx.$queryRaw<{ now: Date }[]>`
      SELECT now() AS now FROM "User" WHERE id = ${userId}::uuid FOR UPDATE`
    const present = await tx.setup.findUnique({ where: { id: setup.item.id } })
    if (!locked || !present) throw new NotFoundError('setup')
    await assertKeyInUse(tx, key.id)
    const dropped = await dropOldest(tx, userId, locked.now)
    const expiresAt = later(locked.now, minutes * MINUTE_MS)
    await tx.setupSession.create({
      data: {
        id,
        secretHash: hashSecret(secret),
        userId,
        setupId: setup.item.id,
        apiKeyId: key.id,
        userName: user.name,
        organizationName: user.organizationName,
        createdAt: locked.now,
        expiresAt,
      },
    })
    await takeEffect(tx, 'createSetupSession', globalId('PluginSetup', setup.item.id), userId)
    return { expiresAt, dropped }
  })
  if (dropped) deps.notifier.notify(dropped)
  deps.telemetry.setupSessionCreated(key.id)
  return { token: formatSessionToken(id, secret), expiresAt, setup }
}

async function startedSetup(
  deps: CreateSessionDeps,
  user: CreateSetupSession['user'],
  pluginSlug: string,
): Promise<{ setup: Snapshot<SetupRow>; userId: string }> {
  const identity = identityOf(user, deps.settings.hostIssuers)
  const userId = userIdOf(identity)
  deps.rateLimits.take('user-setup-sessions', userId)
  const viewer: Viewer = {
    ...identity,
    userId,
    name: user.name,
    organization: { id: identity.organization, name: user.organizationName },
    isOperator: false,
    issuedAt: ALWAYS_ADMITTED,
    session: null,
    expiresAt: null,
  }
  const { item, view } = await startSetup(deps, viewer, pluginSlug)
  return { setup: { item, view: view.narrowedTo(item.id) }, userId }
}

/** A remembered key may have been revoked since. Revoking it ends the sessions that exist by then. */
async function assertKeyInUse(tx: Tx, keyId: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT id FROM "ApiKey" WHERE id = ${keyId} AND "revokedAt" IS NULL FOR SHARE`
  if (rows.length === 0) throw new NotAdmittedError()
}

/** Makes room for one more session. @returns the change that tells open subscriptions of the ended sessions */
async function dropOldest(tx: Tx, userId: string, now: Date): Promise<Change | null> {
  const open = await tx.setupSession.findMany({
    where: { userId, expiresAt: { gt: now } },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    select: { id: true },
  })
  const dropped = open.slice(MAX_SESSIONS - 1).map(({ id }) => id)
  if (dropped.length === 0) return null
  await tx.setupSession.deleteMany({ where: { id: { in: dropped } } })
  return raiseRevisionOf(tx, userId)
}
