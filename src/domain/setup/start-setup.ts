import { changeUser } from '../change/change-user.js'
import type { Deps } from '../deps.js'
import { NotFoundError, PluginRetiredError } from '../errors.js'
import { globalId } from '../global-id.js'
import { takeEffect } from '../idempotency/keyed-operation.js'
import { setupIdOf, type Viewer } from '../identity/viewer.js'
import type { SetupRow } from '../view/user-state.js'
import { foundIn, type Snapshot } from '../view/user-view.js'
import { type AnnouncedChangeDeps, announce } from './announce-setups.js'

/** What changing a setup depends on. */
export type ChangeSetupDeps = AnnouncedChangeDeps & Pick<Deps, 'readView'>

/**
 * Starts the viewer's setup of a plugin and copies its skills into Mine, in one transaction. Idempotent: an existing
 * setup is returned unchanged, with copies of the skills that a newer version added.
 */
export async function startSetup(
  deps: ChangeSetupDeps,
  viewer: Viewer,
  pluginSlug: string,
): Promise<Snapshot<SetupRow>> {
  const before = await deps.readView(viewer)
  const plugin = before.catalogue.plugins.get(pluginSlug)
  if (!plugin) throw new NotFoundError('plugin')
  const started = before.setupOf(plugin)
  if (!started && plugin.retired) throw new PluginRetiredError(plugin.name)
  const copied = new Set(started && before.copiesOf(started).map((copy) => copy.skillSlug))
  const newSkills = plugin.skills.filter((skill) => !copied.has(skill.slug))
  if (started && newSkills.length === 0) return { item: started, view: before }

  const id = setupIdOf(viewer.userId, pluginSlug)
  await changeUser(deps, viewer, async (tx, change) => {
    const { userId, now } = change
    const { count } = await tx.setup.createMany({
      data: [{ id, userId, pluginSlug, startedAt: now }],
      skipDuplicates: true,
    })
    const copies = newSkills.map(({ slug, name, instructions }) => ({
      userId,
      pluginSlug,
      skillSlug: slug,
      name,
      instructions,
      pluginVersion: plugin.version,
      copiedAt: now,
    }))
    await tx.skillCopy.createMany({ data: copies, skipDuplicates: true })
    if (count > 0) await tx.activity.create({ data: { userId, at: now, kind: 'SETUP_STARTED', pluginSlug } })
    await takeEffect(tx, 'startSetup', globalId('PluginSetup', id))
    await announce(tx, deps, change)
  })
  const view = await deps.readView(viewer)
  return foundIn(view, view.setup(id), 'setup')
}
