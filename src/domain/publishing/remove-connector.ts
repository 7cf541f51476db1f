import { raiseCatalogueRevision } from '../change/revision.js'
import type { Deps } from '../deps.js'
import { ConnectorFromFileError, ConnectorRequiredError, NotFoundError } from '../errors.js'

/**
 * Deletes a connector's credentials and hides it. Users keep their connections and can still disconnect them. Steps
 * that need the connector are UNAVAILABLE until it is configured again.
 * @throws ConnectorRequiredError if a published plugin requires it, unless forced
 * @throws ConnectorFromFileError if the file in PATCHBAY_CONNECTORS describes it
 */
export async function removeConnector(
  { db, notifier }: Pick<Deps, 'db' | 'notifier'>,
  slug: string,
  { force }: { force: boolean },
): Promise<void> {
  const revision = await db.$transaction(async (tx) => {
    const { revision, now } = await raiseCatalogueRevision(tx, { connectorSlug: slug })
    const connector = await tx.connector.findUnique({ where: { slug } })
    if (!connector || connector.removedAt !== null) throw new NotFoundError('connector')
    if (connector.fromFile) throw new ConnectorFromFileError(slug)
    if (!force) {
      const plugins = await tx.plugin.findMany({
        where: { retiredAt: null, requirements: { some: { connectorSlug: slug } } },
        select: { name: true },
        orderBy: { name: 'asc' },
      })
      if (plugins.length > 0)
        throw new ConnectorRequiredError(
          connector.name,
          plugins.map(({ name }) => name),
        )
    }
    await tx.connectorCredential.deleteMany({ where: { connectorSlug: slug } })
    await tx.connector.update({ where: { slug }, data: { removedAt: now } })
    return revision
  })
  notifier.notifyCatalogue(revision)
}
