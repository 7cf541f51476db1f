import { NotFoundError } from '../errors.js'
import { findWebhook, type Webhook, type WebhookDeps } from './webhook.js'
import { checkedWebhook, lockWebhooks, refuseDuplicate, type WebhookInput } from './webhook-input.js'

/**
 * Changes where a webhook's events go, or which. What is left out stays. Deliveries that are pending go to the new URL.
 * @throws NotFoundError, InvalidInputError, DuplicateWebhookError
 */
export async function updateWebhook(
  deps: WebhookDeps,
  id: string,
  changes: { [K in keyof WebhookInput]?: WebhookInput[K] | null | undefined },
): Promise<Webhook> {
  const before = await findWebhook(deps, id)
  if (!before) throw new NotFoundError('webhook')
  const input = { url: changes.url ?? before.url, events: changes.events ?? before.events }
  const { url, events } = await checkedWebhook(deps, input)
  await deps.db.$transaction(async (tx) => {
    await lockWebhooks(tx)
    await refuseDuplicate(tx, url, id)
    // What was left out is not written either: another change of it may have come in between.
    const data = { ...(changes.url != null && { url }), ...(changes.events != null && { events }) }
    const { count } = await tx.webhookEndpoint.updateMany({ where: { id }, data })
    if (count === 0) throw new NotFoundError('webhook')
  })
  const webhook = await findWebhook(deps, id)
  if (!webhook) throw new NotFoundError('webhook')
  return webhook
}
