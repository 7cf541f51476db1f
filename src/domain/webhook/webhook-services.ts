import { registerWebhook } from './register-webhook.js'
import { removeWebhook } from './remove-webhook.js'
import { replayDeliveries } from './replay-deliveries.js'
import { rotateWebhookSecret } from './rotate-webhook-secret.js'
import { testWebhook } from './test-webhook.js'
import { updateWebhook } from './update-webhook.js'
import { findWebhook, listWebhooks, type WebhookDeps } from './webhook.js'

/** What host back ends and operators do with webhooks, with its dependencies. */
export function bindWebhooks(deps: WebhookDeps) {
  const bound =
    <A extends unknown[], R>(operation: (deps: WebhookDeps, ...args: A) => R) =>
    (...args: A) =>
      operation(deps, ...args)
  return {
    list: () => listWebhooks(deps.db),
    find: (id: string) => findWebhook(deps.db, id),
    register: bound(registerWebhook),
    update: bound(updateWebhook),
    rotateSecret: bound(rotateWebhookSecret),
    remove: bound(removeWebhook),
    test: bound(testWebhook),
    replay: bound(replayDeliveries),
  }
}

export type WebhookServices = ReturnType<typeof bindWebhooks>
