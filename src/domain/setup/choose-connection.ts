import { changeUser } from '../change/change-user.js'
import { NotFoundError } from '../errors.js'
import type { Viewer } from '../identity/viewer.js'
import type { SetupRow } from '../view/user-state.js'
import { foundIn, type Snapshot } from '../view/user-view.js'
import { announce } from './announce-setups.js'
import { assertRequired, bindStep } from './setup-step.js'
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
  assertRequired(plugin, connector)
  await changeUser(deps, viewer, async (tx, change) => {
    const { userId, now } = change
    if (!(await tx.connection.findUnique({ where: { id: connectionId, userId } })))
      throw new NotFoundError('connection')
    if (!(await tx.setup.findUnique({ where: { id: setupId, userId } }))) throw new NotFoundError('setup')
    const step = { setupId, connectorSlug: connector.slug }
    await bindStep(tx, step, { connectionId, boundAt: now, authorized: false })
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
    await announce(tx, deps, change)
  })
  const view = await deps.readView(viewer)
  return foundIn(view, view.setup(setupId), 'setup')
}
