import { randomUUID } from 'node:crypto'
import type { ConnectionProblemCode, ConnectionStatus, SetupStatus } from '../../generated/prisma/enums.js'
import type { Change } from '../change/revision.js'
import type { Tx } from '../db.js'
import { globalId } from '../global-id.js'
import { RETRY_WINDOW_MS } from './retry.js'

/** The events that host back ends can receive. */
export const EVENT_TYPES = [
  'connection.live',
  'connection.broken',
  'connection.removed',
  'setup.ready',
  'setup.needs_attention',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

export interface ConnectionFacts {
  id: string
  connectorSlug: string
  status: ConnectionStatus
  problemCode: ConnectionProblemCode | null
  accountId: string | null
  accountLabel: string | null
}

/** A connection became live or was authorized again, can no longer be used, or is gone. */
export function recordConnectionEvent(
  tx: Tx,
  change: Change,
  type: Extract<EventType, `connection.${string}`>,
  { id, connectorSlug, status, problemCode, accountId, accountLabel }: ConnectionFacts,
): Promise<void> {
  return tell(tx, change, type, {
    connection: {
      id: globalId('ConnectedAccount', id),
      connector: connectorSlug,
      status: type === 'connection.removed' ? 'REMOVED' : status,
      problem: problemCode,
      account: accountId === null ? null : { id: accountId, label: accountLabel },
    },
  })
}

/** The status of a setup differs from the last event. */
export function recordSetupEvent(
  tx: Tx,
  change: Change,
  { id, pluginSlug, status }: { id: string; pluginSlug: string; status: Exclude<SetupStatus, 'IN_PROGRESS'> },
): Promise<void> {
  const type = status === 'READY' ? 'setup.ready' : 'setup.needs_attention'
  return tell(tx, change, type, { setup: { id: globalId('PluginSetup', id), plugin: pluginSlug, status } })
}

/**
 * Writes one delivery for each endpoint that wants the event, in the transaction of the change. The user's row is
 * already locked, so a user's events have the order of their commits. An endpoint that is being removed is waited for
 * and left out, because the user's action must not fail because of it.
 */
async function tell(tx: Tx, { userId, now }: Change, type: EventType, data: object): Promise<void> {
  const event = JSON.stringify({ type, timestamp: now.toISOString() })
  await tx.$executeRaw`
    INSERT INTO "WebhookDelivery" ("endpointId", "eventId", "userId", type, payload, "createdAt", "dueAt", "retryUntil")
    SELECT endpoint.id, ${randomUUID()}::uuid, u.id, ${type},
      ${event}::jsonb || jsonb_build_object('data', jsonb_build_object(
        'user', jsonb_build_object('issuer', u.issuer, 'subject', u.subject, 'organization', u.organization)
      ) || ${JSON.stringify(data)}::jsonb), now(), now(),
      now() + make_interval(secs => ${RETRY_WINDOW_MS / 1_000}::double precision)
    FROM "WebhookEndpoint" endpoint, "User" u
    WHERE u.id = ${userId}::uuid AND (endpoint.events = '{}' OR ${type} = ANY (endpoint.events))
    FOR KEY SHARE OF endpoint`
}
