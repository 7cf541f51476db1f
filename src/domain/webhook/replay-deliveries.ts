import { InvalidInputError, NotFoundError } from '../errors.js'
import { RETRY_WINDOW_MS } from './retry.js'
import type { WebhookDeps } from './webhook.js'

const AT_ONCE = 5_000
export const MAX_REPLAYED_IDS = 100

/**
 * Which of a webhook's dead deliveries to replay: these, or all that were written since a time. Exactly one of the two.
 */
export interface ReplayChoice {
  ids?: readonly string[] | null | undefined
  since?: Date | null | undefined
}

/**
 * Makes dead deliveries pending again, with another `RETRY_WINDOW_MS` to be delivered. A user's replayed deliveries go
 * out in order, before the user's pending ones. Other deliveries don't change.
 * @returns how many were replayed
 * @throws NotFoundError, InvalidInputError
 */
export async function replayDeliveries(
  { db }: Pick<WebhookDeps, 'db'>,
  webhookId: string,
  { ids, since }: ReplayChoice,
): Promise<number> {
  if ((ids == null) === (since == null)) {
    const message = 'pass either deliveryIds or since, not both'
    throw new InvalidInputError('replay', [{ path: ids == null ? 'since' : 'deliveryIds', message }])
  }
  if (ids != null && ids.length > MAX_REPLAYED_IDS) {
    const message = `pass at most ${MAX_REPLAYED_IDS} ids, or use since instead`
    throw new InvalidInputError('replay', [{ path: 'deliveryIds', message }])
  }
  const [row] = await db.$queryRaw<{ now: Date }[]>`
    SELECT now() AS now FROM "WebhookEndpoint" WHERE id = ${webhookId}::uuid`
  if (!row) throw new NotFoundError('webhook')
  let replayed = 0
  let changed: number
  do {
    // Oldest first, because a later one must not be sent while an earlier one of the same user is still dead.
    changed = await db.$executeRaw`
      UPDATE "WebhookDelivery"
      SET status = 'PENDING', attempts = 0, "dueAt" = now(), "endedAt" = NULL,
        "retryUntil" = now() + make_interval(secs => ${RETRY_WINDOW_MS / 1_000}::double precision)
      WHERE id IN (
        SELECT id FROM "WebhookDelivery"
        WHERE "endpointId" = ${webhookId}::uuid AND status = 'DEAD' AND "endedAt" <= ${row.now}::timestamptz
          AND (${ids ?? null}::uuid[] IS NULL OR id = ANY (${ids ?? null}::uuid[]))
          AND (${since ?? null}::timestamptz IS NULL OR "createdAt" >= ${since ?? null}::timestamptz)
        ORDER BY sequence LIMIT ${AT_ONCE}
      )`
    replayed += changed
  } while (changed === AT_ONCE)
  return replayed
}
