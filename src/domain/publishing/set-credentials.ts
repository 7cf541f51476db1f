import * as z from 'zod'
import { raiseCatalogueRevision } from '../change/revision.js'
import { credentialsBinding } from '../credential/client-credentials.js'
import type { Deps } from '../deps.js'
import { InvalidInputError, NotFoundError } from '../errors.js'
import { globalId } from '../global-id.js'
import { takeEffect } from '../idempotency/keyed-operation.js'
import { readInput } from '../input-faults.js'
import { VaultError } from '../ports/vault.js'
import { checkedCredentials } from './check-credentials.js'
import type { ConfigureDeps } from './configure-connector.js'
import { refuseUnstorable } from './input-document.js'
import { refuseFromFile, retryRefreshes, storeCredentials } from './store-connector.js'
import { findConnector, openCredentials, type StoredConnector } from './stored-connector.js'

const WHAT = 'connector'

/** The same limits as in `configureConnector`. */
const CredentialsSchema = z.strictObject({
  /** If left out, the connector keeps the one it has. */
  clientId: z.string().min(1).nullish(),
  /** Left out for clients without a secret. */
  clientSecret: z.string().min(1).nullish(),
})

/**
 * Replaces a connector's credentials, and nothing else. Refreshes that failed are tried again right away.
 * @returns the client id
 * @throws NotFoundError
 * @throws InvalidInputError if they don't suit the provider's client authentication; nothing is stored then
 * @throws ConnectorFromFileError if the file in PATCHBAY_CONNECTORS describes the connector
 */
export async function setCredentials(
  deps: Pick<Deps, 'db' | 'notifier' | 'vault'> & Pick<ConfigureDeps, 'providers'>,
  slug: string,
  input: z.input<typeof CredentialsSchema>,
): Promise<string> {
  refuseUnstorable(WHAT, input)
  const given = readInput(CredentialsSchema, input)
  if (given.faults) throw new InvalidInputError(WHAT, given.faults)
  const { clientId, clientSecret } = given.data
  const stored = await findConnector(deps, slug)
  if (!stored) throw new NotFoundError('connector')
  const id = clientId ?? (await storedClientId(deps, slug, stored))
  const credentials = checkedCredentials({ clientId: id, clientSecret }, stored.connector.provider, 'clientSecret')
  const sealed = await deps.vault.seal(JSON.stringify(credentials), credentialsBinding(slug))
  const revision = await deps.db.$transaction(async (tx) => {
    const { revision } = await raiseCatalogueRevision(tx, { connectorSlug: slug })
    await refuseFromFile(tx, slug)
    const connector = await tx.connector.findUnique({ where: { slug, removedAt: null } })
    if (!connector) throw new NotFoundError('connector')
    await storeCredentials(tx, slug, sealed)
    await retryRefreshes(tx, slug)
    await takeEffect(tx, 'setConnectorCredentials', globalId('Connector', slug))
    return revision
  })
  deps.notifier.notifyCatalogue(revision)
  return id
}

/** @throws InvalidInputError if there is none that can be read */
async function storedClientId(deps: Pick<Deps, 'vault'>, slug: string, { sealed }: StoredConnector): Promise<string> {
  const missing = (why: string) =>
    new InvalidInputError(WHAT, [{ path: 'clientId', message: `is required, because ${why}` }])
  if (!sealed) throw missing('the connector has no credentials yet')
  try {
    return (await openCredentials(deps, slug, sealed)).clientId
  } catch (error) {
    if (error instanceof VaultError) throw missing('the one that the connector has can’t be decrypted')
    throw error
  }
}
