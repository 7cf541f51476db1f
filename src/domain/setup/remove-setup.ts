import type { Deps } from '../deps.js'
import { NotFoundError } from '../errors.js'
import { raiseRevision } from '../user/revision.js'
import type { Viewer } from '../user/viewer.js'

/** Removes a setup and, unless they are kept, its skill copies. Connections stay as they are. */
export async function removeSetup(deps: Deps, viewer: Viewer, setupId: string, keepSkills: boolean): Promise<void> {
  const change = await deps.db.$transaction(async (tx) => {
    const change = await raiseRevision(tx, viewer)
    const { userId, now } = change
    const setup = await tx.setup.findUnique({ where: { id: setupId, userId } })
    if (!setup) throw new NotFoundError('setup')
    const { pluginSlug } = setup
    await tx.setup.delete({ where: { id: setupId } })
    if (!keepSkills) await tx.skillCopy.deleteMany({ where: { userId, pluginSlug } })
    await tx.activity.create({ data: { userId, at: now, kind: 'SETUP_REMOVED', pluginSlug } })
    return change
  })
  deps.doorbell.ring(change)
}
