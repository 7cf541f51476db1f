import { changeKnownUser } from '../../change/change-user.js'
import type { Deps } from '../../deps.js'
import {
  AppUnavailableError,
  ClientRefusedError,
  ConnectorUnavailableError,
  NotFoundError,
  VaultUnavailableError,
} from '../../errors.js'
import type { Viewer } from '../../identity/viewer.js'
import { VaultError } from '../../ports/vault.js'
import type { ConnectionRow } from '../../view/user-state.js'
import { foundIn, type Snapshot } from '../../view/user-view.js'
import { nextCheckInMs } from '../refresh-rules.js'
import { type CheckDeps, type CheckResult, checkAtApp } from './check-at-app.js'
import { readConnectionToCheck } from './connection-to-check.js'
import { recordAccepted, recordUnknown } from './record-check.js'

/**
 * Asks the app now whether it accepts a connection of the viewer, and stores the result.
 * @returns the connection after the check, which may be broken
 * @throws AppUnavailableError if the app didn't say, ClientRefusedError if it will say nothing until an operator acts
 */
export async function verifyConnection(
  deps: CheckDeps & Pick<Deps, 'readView'>,
  viewer: Viewer,
  connectionId: string,
): Promise<Snapshot<ConnectionRow>> {
  const before = await deps.readView(viewer)
  const known = before.connection(connectionId)
  if (!known) throw new NotFoundError('connection')
  const connector = before.connector(known.connectorSlug)
  if (!connector.available) throw new ConnectorUnavailableError(connector.name)
  const live = known.status === 'LIVE' ? await readConnectionToCheck(deps.db, connectionId) : null
  if (live) {
    const result = await checked(() => checkAtApp(deps, connector, live))
    if (result.kind === 'client-refused') throw new ClientRefusedError(connector.name)
    if (result.kind === 'unknown') {
      if (result.cause) await recordUnknown(deps.db, connectionId, null, result.cause)
      throw new AppUnavailableError(connector.name, result.retryInMs)
    }
    if (result.kind === 'accepted') {
      const checkInMs = nextCheckInMs(connector.provider, deps.settings.checkEveryMs, Math.random())
      await changeKnownUser(deps, viewer.userId, async (tx) =>
        (await recordAccepted(tx, connectionId, checkInMs)) ? true : null,
      )
    }
  }
  const view = await deps.readView(viewer)
  return foundIn(view, view.connection(connectionId), 'connection')
}

async function checked(check: () => Promise<CheckResult>): Promise<CheckResult> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof VaultError && error.retryable) throw new VaultUnavailableError()
    throw error
  }
}
