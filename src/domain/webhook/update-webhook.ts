import { NotFoundError } from '../errors.js'
import { findWebhook, type Webhook, type WebhookDeps } from './webhook.js'
import { checkedWebhook, lockWebhooks, refuseDuplicate, type WebhookInput } from './webhook-input.js'

/**
 * Changes a webhook's URL, its events or both. What is omitted doesn't change. Pending deliveries go to the new URL.
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
    // Don't write what is omitted, because another call may have changed it in the meantime.
    const data = { ...(changes.url != null && { url }), ...(changes.events != null && { events }) }
    const { count } = await tx.webhookEndpoint.updateMany({ where: { id }, data })
    if (count === 0) throw new NotFoundError('webhook')
  })
  const webhook = await findWebhook(deps, id)
  if (!webhook) throw new NotFoundError('webhook')
  return webhook
}
