import { raiseCatalogueRevision } from '../change/revision.js'
import { credentialsBinding } from '../credential/client-credentials.js'
import type { Deps } from '../deps.js'
import { InvalidInputError, NotFoundError } from '../errors.js'
import { checkedCredentials } from './check-credentials.js'
import type { ConfigureDeps } from './configure-connector.js'
import { refuseFromFile, retryRefreshes, storeCredentials } from './store-connector.js'
import { findConnector, openCredentials } from './stored-connector.js'

/**
 * Replaces a connector's credentials, and nothing else. Refreshes that failed are tried again.
 * @param clientId if null, the connector keeps the one it has
 * @param clientSecret null for clients without a secret
 * @returns the client id
 * @throws NotFoundError
 * @throws InvalidInputError if they don't suit the provider's client authentication; nothing is stored then
 * @throws ConnectorFromFileError if the file in PATCHBAY_CONNECTORS describes the connector
 */
export async function setCredentials(
  deps: Pick<Deps, 'db' | 'notifier' | 'vault'> & Pick<ConfigureDeps, 'providers'>,
  slug: string,
  { clientId, clientSecret }: { clientId: string | null; clientSecret: string | null },
): Promise<string> {
  const stored = await findConnector(deps, slug)
  if (!stored) throw new NotFoundError('connector')
  const present = clientId === null && stored.sealed ? await openCredentials(deps, slug, stored.sealed) : null
  const id = clientId ?? present?.clientId
  if (!id) {
    const message = 'is required, because the connector has no credentials yet'
    throw new InvalidInputError('connector', [{ path: 'credentials.clientId', message }])
  }
  const credentials = checkedCredentials({ clientId: id, clientSecret }, stored.connector.provider)
  const sealed = await deps.vault.seal(JSON.stringify(credentials), credentialsBinding(slug))
  const revision = await deps.db.$transaction(async (tx) => {
    const { revision } = await raiseCatalogueRevision(tx, { connectorSlug: slug })
    await refuseFromFile(tx, slug)
    const connector = await tx.connector.findUnique({ where: { slug, removedAt: null } })
    if (!connector) throw new NotFoundError('connector')
    await storeCredentials(tx, slug, sealed)
    await retryRefreshes(tx, slug)
    return revision
  })
  deps.notifier.notifyCatalogue(revision)
  return id
}
