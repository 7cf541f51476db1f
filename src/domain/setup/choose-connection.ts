import { changeUser } from '../change/change-user.js'
import { ConnectorNotRequiredError, NotFoundError } from '../errors.js'
import type { Viewer } from '../identity/viewer.js'
import type { SetupRow } from '../view/user-state.js'
import type { Snapshot } from '../view/user-view.js'
import { announceSetups } from './announce-setups.js'
import type { ChangeSetupDeps } from './start-setup.js'

/** Binds a setup's step to one of the viewer's accounts of the step's connector. */
export async function chooseConnection(
  deps: ChangeSetupDeps,
  viewer: Viewer,
  { setupId, connectionId }: { setupId: string; connectionId: string },
): Promise<Snapshot<SetupRow>> {
  const before = await deps.readView(viewer)
  const setup = before.setup(setupId)
  if (!setup) throw new NotFoundError('setup')
  const connection = before.connection(connectionId)
  if (!connection) throw new NotFoundError('connection')
  const plugin = before.plugin(setup.pluginSlug)
  const connector = before.connector(connection.connectorSlug)
  if (!plugin.requirements.some((requirement) => requirement.connector.slug === connector.slug)) {
    throw new ConnectorNotRequiredError(connector.name, plugin.name)
  }
  const key = { setupId, connectorSlug: connector.slug }
  await changeUser(deps, viewer, async (tx, change) => {
    const { userId, now } = change
    if (!(await tx.connection.findUnique({ where: { id: connectionId, userId } })))
      throw new NotFoundError('connection')
    if (!(await tx.setup.findUnique({ where: { id: setupId, userId } }))) throw new NotFoundError('setup')
    const binding = { connectionId, boundAt: now, authorized: false }
    await tx.stepBinding.upsert({
      where: { setupId_connectorSlug: key },
      create: { ...key, ...binding },
      update: binding,
    })
    await tx.activity.create({
      data: {
        userId,
        at: now,
        kind: 'CONNECTION_CHOSEN',
        pluginSlug: setup.pluginSlug,
        connectorSlug: connector.slug,
        accountLabel: connection.accountLabel,
      },
    })
    await announceSetups(tx, deps, change)
  })
  const view = await deps.readView(viewer)
  const chosen = view.setup(setupId)
  if (!chosen) throw new NotFoundError('setup')
  return { item: chosen, view }
}
