import { randomUUID } from 'node:crypto'
import { TooManyWebhooksError } from '../errors.js'
import { globalId } from '../global-id.js'
import { takeEffect } from '../idempotency/keyed-operation.js'
import { newSecret, sealSecrets } from './secrets.js'
import type { Webhook, WebhookDeps } from './webhook.js'
import { checkedWebhook, lockWebhooks, refuseDuplicate, type WebhookInput } from './webhook-input.js'

const MAX_WEBHOOKS = 20

/** A webhook and the secret that signs its deliveries. The secret can't be shown again. */
export interface WebhookSecret {
  webhook: Webhook
  secret: string
  /** Until when the previous secret also signs. Null if there is none. */
  formerUntil: Date | null
}

/**
 * Registers an endpoint. It receives events from now on.
 * @param apiKeyId the caller's
 * @throws InvalidInputError, DuplicateWebhookError, TooManyWebhooksError
 */
export async function registerWebhook(
  deps: WebhookDeps,
  apiKeyId: string,
  input: WebhookInput,
): Promise<WebhookSecret> {
  const { url, events } = await checkedWebhook(deps, input)
  const id = randomUUID()
  const secret = newSecret()
  const sealed = await sealSecrets(deps.vault, id, [secret])
  const webhook = await deps.db.$transaction(async (tx) => {
    const createdAt = await lockWebhooks(tx)
    await refuseDuplicate(tx, url, id)
    if ((await tx.webhookEndpoint.count()) >= MAX_WEBHOOKS) throw new TooManyWebhooksError(MAX_WEBHOOKS)
    await tx.webhookEndpoint.create({ data: { id, url, events, sealed, apiKeyId, createdAt } })
    await takeEffect(tx, 'registerWebhook', globalId('Webhook', id))
    return { id, url, events, createdAt }
  })
  return { webhook, secret: secret.secret, formerUntil: null }
}
