import { NotFoundError } from '../errors.js'
import { findWebhook, type Webhook, type WebhookDeps } from './webhook.js'

const AT_ONCE = 5_000

/**
 * Removes a webhook and all of its deliveries, including pending ones.
 * @returns the removed webhook
 * @throws NotFoundError
 */
export async function removeWebhook({ db }: Pick<WebhookDeps, 'db'>, id: string): Promise<Webhook> {
  const webhook = await findWebhook({ db }, id)
  if (!webhook) throw new NotFoundError('webhook')
  // Delete most of them first, in short transactions, because users' changes wait for the one that removes the webhook
  // itself.
  let deleted: number
  do {
    deleted = await db.$executeRaw`
      DELETE FROM "WebhookDelivery" WHERE id IN (
        SELECT id FROM "WebhookDelivery" WHERE "endpointId" = ${id}::uuid LIMIT ${AT_ONCE}
      )`
  } while (deleted === AT_ONCE)
  await db.webhookEndpoint.deleteMany({ where: { id } })
  return webhook
}
