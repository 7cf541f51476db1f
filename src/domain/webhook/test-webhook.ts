import { randomUUID } from 'node:crypto'
import { NotFoundError } from '../errors.js'
import { openSecrets, signedHeaders } from './secrets.js'
import type { WebhookDeps } from './webhook.js'

export const TEST_EVENT_TYPE = 'webhook.test'

/** The receiver's HTTP status, or a word for why there was none. */
export interface WebhookTest {
  delivered: boolean
  result: string
}

/**
 * Sends one event of the type `TEST_EVENT_TYPE` immediately and once, whatever events the webhook wants. Nothing is
 * stored.
 * @throws NotFoundError, VaultError
 */
export async function testWebhook({ db, vault, sender }: WebhookDeps, id: string): Promise<WebhookTest> {
  const [row] = await db.$queryRaw<{ url: string; sealed: Uint8Array; now: Date }[]>`
    SELECT url, sealed, now() AS now FROM "WebhookEndpoint" WHERE id = ${id}::uuid`
  if (!row) throw new NotFoundError('webhook')
  const { url, sealed, now } = row
  const body = JSON.stringify({ type: TEST_EVENT_TYPE, timestamp: now.toISOString(), data: {} })
  const headers = signedHeaders({ eventId: randomUUID(), body }, await openSecrets(vault, id, sealed), now)
  const answer = await sender.send({ url, headers, body })
  if ('fault' in answer) return { delivered: false, result: answer.fault }
  return { delivered: answer.status >= 200 && answer.status < 300, result: String(answer.status) }
}
