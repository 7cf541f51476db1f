import { NotFoundError } from '../errors.js'
import { globalId } from '../global-id.js'
import { takeEffect } from '../idempotency/keyed-operation.js'
import type { WebhookSecret } from './register-webhook.js'
import { openSecrets, rotated, sealSecrets } from './secrets.js'
import type { Webhook, WebhookDeps } from './webhook.js'

interface Row extends Webhook {
  sealed: Uint8Array<ArrayBuffer>
  now: Date
}

/**
 * Creates a new secret. The previous one also signs, for `FORMER_SECRET_MS`.
 * @throws NotFoundError, VaultError
 */
export async function rotateWebhookSecret(
  { db, vault }: Pick<WebhookDeps, 'db' | 'vault'>,
  id: string,
): Promise<WebhookSecret> {
  for (;;) {
    const [row] = await db.$queryRaw<Row[]>`
      SELECT id, url, events, "createdAt", sealed, now() AS now FROM "WebhookEndpoint" WHERE id = ${id}::uuid`
    if (!row) throw new NotFoundError('webhook')
    const { sealed: before, now, ...webhook } = row
    const secrets = rotated(await openSecrets(vault, id, before), now)
    const sealed = await sealSecrets(vault, id, secrets)
    // Compared instead of locked, because the vault may be remote. If another call was faster, this one rotates the
    // secret that it made.
    const { count } = await db.$transaction(async (tx) => {
      const changed = await tx.webhookEndpoint.updateMany({ where: { id, sealed: before }, data: { sealed } })
      if (changed.count > 0) await takeEffect(tx, 'rotateWebhookSecret', globalId('Webhook', id))
      return changed
    })
    const [{ secret }, former] = secrets
    if (count > 0) return { webhook, secret, formerUntil: former?.until ? new Date(former.until) : null }
  }
}
