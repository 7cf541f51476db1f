import { randomUUID } from 'node:crypto'
import type { ConnectionProblemCode, ConnectionStatus, SetupStatus } from '../../generated/prisma/enums.js'
import type { Change } from '../change/revision.js'
import { globalId } from '../global-id.js'
import { type Sql, statement } from '../ports/sql.js'
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

/** An event that concerns one user. */
export interface WebhookEvent {
  eventId: string
  type: EventType
  /** Everything but the user. */
  data: object
}

export interface ConnectionFacts {
  id: string
  connectorSlug: string
  status: ConnectionStatus
  problemCode: ConnectionProblemCode | null
  accountId: string | null
  accountLabel: string | null
}

/** A connection became live or was authorized again, can no longer be used, or is gone. */
export function connectionEvent(
  type: Extract<EventType, `connection.${string}`>,
  { id, connectorSlug, status, problemCode, accountId, accountLabel }: ConnectionFacts,
): WebhookEvent {
  const connection = {
    id: globalId('ConnectedAccount', id),
    connector: connectorSlug,
    status: type === 'connection.removed' ? 'REMOVED' : status,
    problem: problemCode,
    account: accountId === null ? null : { id: accountId, label: accountLabel },
  }
  return { eventId: randomUUID(), type, data: { connection } }
}

/** The status of a setup differs from the last event. */
export function setupEvent({
  id,
  pluginSlug,
  status,
}: {
  id: string
  pluginSlug: string
  status: Exclude<SetupStatus, 'IN_PROGRESS'>
}): WebhookEvent {
  const type = status === 'READY' ? 'setup.ready' : 'setup.needs_attention'
  const setup = { id: globalId('PluginSetup', id), plugin: pluginSlug, status }
  return { eventId: randomUUID(), type, data: { setup } }
}

/**
 * The SQL that writes one delivery for each event and each endpoint that wants it, in the transaction of the change. The
 * user's row is already locked, so a user's events have the order of their commits. An endpoint that is being removed is
 * waited for and left out, because the user's action must not fail because of it.
 * @param user the SQL expression of the user's id
 * @param events the SQL expression of the events, as JSON, in their order
 */
export function insertDeliveriesSql(user: string, events: string): string {
  return `INSERT INTO "WebhookDelivery" (
      "endpointId", "eventId", "userId", type, payload, "createdAt", "dueAt", "retryUntil"
    )
    SELECT endpoint.id, event."eventId", "User".id, event.type,
      jsonb_build_object(
        'type', event.type,
        'timestamp', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'data', jsonb_build_object(
          'user', jsonb_build_object('issuer', issuer, 'subject', subject, 'organization', organization)
        ) || event.data
      ),
      now(), now(), now() + make_interval(secs => ${RETRY_WINDOW_MS / 1_000})
    FROM ROWS FROM (
      json_to_recordset(${events}) AS ("eventId" uuid, type text, data jsonb)
    ) WITH ORDINALITY AS event("eventId", type, data, place)
    JOIN "WebhookEndpoint" endpoint ON endpoint.events = '{}' OR event.type = ANY (endpoint.events)
    JOIN "User" ON "User".id = ${user}
    ORDER BY place
    FOR KEY SHARE OF endpoint`
}

const RECORD_EVENTS = statement<[userId: string, events: string], never>(
  'record-events',
  insertDeliveriesSql('$1::uuid', '$2::json'),
)

/** Writes the deliveries of events, within a change of their user. */
export async function recordEvents(
  tx: Sql,
  { userId }: Pick<Change, 'userId'>,
  events: readonly WebhookEvent[],
): Promise<void> {
  await tx.run(RECORD_EVENTS, userId, JSON.stringify(events))
}
