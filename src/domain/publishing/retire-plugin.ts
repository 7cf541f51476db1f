import { raiseCatalogueRevision } from '../change/revision.js'
import type { Deps } from '../deps.js'
import { NotFoundError } from '../errors.js'

/**
 * Takes a plugin out of the list of plugins, so that no one else can start it. Setups and skill copies remain.
 * Retiring it again changes nothing.
 */
export async function retirePlugin({ db, notifier }: Pick<Deps, 'db' | 'notifier'>, slug: string): Promise<void> {
  const revision = await db.$transaction(async (tx) => {
    const { revision, now } = await raiseCatalogueRevision(tx, { pluginSlug: slug })
    const plugin = await tx.plugin.findUnique({ where: { slug } })
    if (!plugin) throw new NotFoundError('plugin')
    if (plugin.retiredAt === null) await tx.plugin.update({ where: { slug }, data: { retiredAt: now } })
    return revision
  })
  notifier.notifyCatalogue(revision)
}
