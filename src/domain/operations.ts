import { type CreateSessionDeps, createSetupSession } from './access/setup-session/create-setup-session.js'
import { authorizeConnector } from './authorization/authorize-connector.js'
import { cancelAuthorization } from './authorization/cancel-authorization.js'
import { chooseAccount } from './authorization/choose-account.js'
import { confirmAuthorization } from './authorization/confirm-authorization.js'
import { readChoices } from './authorization/read-choices.js'
import { verifyConnection } from './connection/check/verify-connection.js'
import { disconnect } from './connection/disconnect.js'
import type { Deps } from './deps.js'
import { deleteUser } from './erasure/delete-user.js'
import { type ConfigureDeps, configureConnector } from './publishing/configure-connector.js'
import { readConnectorFailures } from './publishing/connector-failures.js'
import { publishPlugin } from './publishing/publish-plugin.js'
import { removeConnector } from './publishing/remove-connector.js'
import { retirePlugin } from './publishing/retire-plugin.js'
import { setCredentials } from './publishing/set-credentials.js'
import { chooseConnection } from './setup/choose-connection.js'
import { removeSetup } from './setup/remove-setup.js'
import { startSetup } from './setup/start-setup.js'
import { type IssueDeps, issueAccessToken } from './token/issue-access-token.js'
import { readCatalogueView } from './view/read-view.js'
import { registerWebhook } from './webhook/register-webhook.js'
import { removeWebhook } from './webhook/remove-webhook.js'
import { replayDeliveries } from './webhook/replay-deliveries.js'
import { rotateWebhookSecret } from './webhook/rotate-webhook-secret.js'
import { testWebhook } from './webhook/test-webhook.js'
import { updateWebhook } from './webhook/update-webhook.js'
import { findWebhook, listWebhooks, type WebhookDeps } from './webhook/webhook.js'

/** What the API offers its callers. A new operation needs its own file, one line here and a resolver. */
export const OPERATIONS = {
  startSetup,
  removeSetup,
  chooseConnection,
  authorizeConnector,
  cancelAuthorization,
  confirmAuthorization,
  chooseAccount,
  readChoices,
  verifyConnection,
  disconnect,

  issueAccessToken,
  createSetupSession,
  deleteUser,
  listWebhooks,
  findWebhook,
  registerWebhook,
  updateWebhook,
  rotateWebhookSecret,
  testWebhook,
  removeWebhook,
  replayDeliveries,

  publishPlugin,
  retirePlugin,
  configureConnector,
  setCredentials,
  removeConnector,
  readConnectorFailures,

  readCatalogueView,
}

/** What all of them together depend on. */
export type OperationDeps = Deps & CreateSessionDeps & IssueDeps & ConfigureDeps & WebhookDeps

/** Operations with their dependencies applied. */
export type Bound<O> = {
  [Name in keyof O]: O[Name] extends (deps: never, ...args: infer Args) => infer Result
    ? (...args: Args) => Result
    : never
}

export type Operations = Bound<typeof OPERATIONS>

/** Applies the dependencies to each operation. */
export function bindOperations<D, O extends Record<string, (deps: D, ...args: never[]) => unknown>>(
  operations: O,
  deps: D,
): Bound<O> {
  const bound = Object.entries(operations).map(([name, operation]) => [
    name,
    (...args: never[]) => operation(deps, ...args),
  ])
  return Object.fromEntries(bound)
}
