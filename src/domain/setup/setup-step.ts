import type { Connector, Plugin } from '../catalogue/catalogue.js'
import type { Tx } from '../db.js'
import { ConnectorNotRequiredError } from '../errors.js'

/** @throws ConnectorNotRequiredError if setups of the plugin have no step for the connector */
export function assertRequired(plugin: Plugin, connector: Connector): void {
  if (plugin.requirements.some((requirement) => requirement.connector.slug === connector.slug)) return
  throw new ConnectorNotRequiredError(connector.name, plugin.name)
}

/** Binds a setup's step to a connection, replacing any earlier binding. */
export async function bindStep(
  tx: Tx,
  step: { setupId: string; connectorSlug: string },
  binding: { connectionId: string; boundAt: Date; authorized: boolean },
): Promise<void> {
  await tx.stepBinding.upsert({
    where: { setupId_connectorSlug: step },
    create: { ...step, ...binding },
    update: binding,
  })
}
