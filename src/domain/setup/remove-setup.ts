import { changeUser } from '../change/change-user.js'
import type { Deps } from '../deps.js'
import { NotFoundError } from '../errors.js'
import type { Viewer } from '../identity/viewer.js'

/** Removes a setup and, unless they are kept, its skill copies. Connections don't change. */
export async function removeSetup(
  deps: Pick<Deps, 'db' | 'notifier'>,
  viewer: Viewer,
  setupId: string,
  keepSkills: boolean,
): Promise<void> {
  await changeUser(deps, viewer, async (tx, { userId, now }) => {
    const setup = await tx.setup.findUnique({ where: { id: setupId, userId } })
    if (!setup) throw new NotFoundError('setup')
    const { pluginSlug } = setup
    await tx.setup.delete({ where: { id: setupId } })
    if (!keepSkills) await tx.skillCopy.deleteMany({ where: { userId, pluginSlug } })
    await tx.activity.create({ data: { userId, at: now, kind: 'SETUP_REMOVED', pluginSlug } })
  })
}
