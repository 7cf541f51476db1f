import type { Connector } from '../catalogue/catalogue.js'
import { unionOfScopes } from '../catalogue/scopes.js'
import type { SetupRow } from '../view/user-state.js'
import type { UserView } from '../view/user-view.js'

/**
 * Returns the scopes that an authorization requests. The new consent replaces the old one, so they cover every setup that
 * may use the resulting connection. If there is no connection to repair, the user may choose any account, so all setups
 * of the connector count.
 */
export function scopesToAsk(
  view: UserView,
  connector: Connector,
  setupId: string | null,
  connectionId: string | null,
): string[] {
  const concerned = (setup: SetupRow) =>
    connectionId === null ||
    setup.id === setupId ||
    view.whole.connectionFor(setup, connector.slug)?.id === connectionId
  const required = view.whole.state.setups
    .filter(concerned)
    .flatMap((setup) => view.plugin(setup.pluginSlug).requirements)
    .filter((requirement) => requirement.connector.slug === connector.slug)
    .flatMap((requirement) => requirement.scopes)
  return unionOfScopes(connector.provider.identityScopes, connector.defaultScopes, required)
}
