import { createSetupSession } from '../domain/access/setup-session/create-setup-session.js'
import { authorizeConnector } from '../domain/authorization/authorize-connector.js'
import { cancelAuthorization } from '../domain/authorization/cancel-authorization.js'
import { confirmAuthorization } from '../domain/authorization/confirm-authorization.js'
import { verifyConnection } from '../domain/connection/check/verify-connection.js'
import { disconnect } from '../domain/connection/disconnect.js'
import type { Deps } from '../domain/deps.js'
import { deleteUser } from '../domain/erasure/delete-user.js'
import { type ConfigureDeps, configureConnector } from '../domain/publishing/configure-connector.js'
import { publishPlugin } from '../domain/publishing/publish-plugin.js'
import { removeConnector } from '../domain/publishing/remove-connector.js'
import { retirePlugin } from '../domain/publishing/retire-plugin.js'
import { chooseConnection } from '../domain/setup/choose-connection.js'
import { removeSetup } from '../domain/setup/remove-setup.js'
import { startSetup } from '../domain/setup/start-setup.js'
import { type IssueDeps, issueAccessToken } from '../domain/token/issue-access-token.js'
import { nothingKnown } from '../domain/view/user-state.js'
import { UserView } from '../domain/view/user-view.js'
import type { WatchView } from '../domain/view/watch-view.js'
import type { WebhookDeps } from '../domain/webhook/webhook.js'
import { bindWebhooks } from '../domain/webhook/webhook-services.js'
import type { Services } from '../graphql/context.js'

/** The domain's operations as the API calls them, each with its dependencies. */
export function bindServices(
  deps: Deps & IssueDeps,
  operatorDeps: ConfigureDeps,
  webhookDeps: WebhookDeps,
  watchView: WatchView,
): Services {
  const bound =
    <A extends unknown[], R>(operation: (deps: Deps, ...args: A) => R) =>
    (...args: A) =>
      operation(deps, ...args)
  return {
    startSetup: bound(startSetup),
    removeSetup: bound(removeSetup),
    chooseConnection: bound(chooseConnection),
    authorizeConnector: bound(authorizeConnector),
    cancelAuthorization: bound(cancelAuthorization),
    confirmAuthorization: bound(confirmAuthorization),
    verifyConnection: (viewer, id) => verifyConnection(deps, viewer, id),
    disconnect: bound(disconnect),
    issueAccessToken: (key, request) => issueAccessToken(deps, key, request),
    createSetupSession: bound(createSetupSession),
    deleteUser: bound(deleteUser),
    publishPlugin: bound(publishPlugin),
    retirePlugin: bound(retirePlugin),
    configureConnector: (input) => configureConnector(operatorDeps, input),
    removeConnector: bound(removeConnector),
    webhooks: bindWebhooks(webhookDeps),
    readView: deps.readView,
    async readCatalogueView() {
      const catalogue = await deps.readCatalogue()
      return new UserView(catalogue, nothingKnown(catalogue.revision))
    },
    watchView,
  }
}
