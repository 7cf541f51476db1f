import type { Metadata } from '../ports/oauth-client.js'
import { statement } from '../ports/sql.js'
import { updateAnnouncedSql } from '../setup/announcements.js'
import { WAITING_STATUSES } from '../view/authorization-status.js'
import type { ConnectionRow } from '../view/user-state.js'
import { insertDeliveriesSql } from '../webhook/events.js'

/** What a successful authorization leaves behind, apart from its tokens. */
export interface StoredConnection extends ConnectionRow {
  refreshable: boolean
  expiresInMs: number | null
  refreshInMs: number | null
  checkInMs: number | null
  metadata: Metadata
  /** Whether the app told the account, which shows that it accepts the token. */
  verified: boolean
  authorizationId: string
  /** The setup whose step is bound to the connection, if there still is one. */
  setupId: string | null
  /** The setup that the authorization was started for. */
  startedForSetup: string | null
  targetConnectionId: string | null
  activity: 'CONNECTED' | 'REAUTHORIZED'
  activityDetail: 'PERMISSIONS_ADDED' | null
  /** Whether the tokens that are replaced have to be revoked at the app. */
  revokeReplaced: boolean
  organization: string
}

/**
 * Everything that a successful authorization writes, if the user still has the given revision. It locks the user's row
 * first, because all other parts depend on the raised revision. They see the tables as they were before, so the tokens
 * that are replaced can be read beside the new ones.
 * @returns the authorization and the siblings that it supersedes, or nothing if the revision has moved on
 */
export const STORE_CONNECTION = statement<
  [userId: string, revision: number, stored: string, sealed: Uint8Array, setups: string, events: string],
  { id: string; status: 'SUCCEEDED' | 'SUPERSEDED' }
>(
  'store-connection',
  `WITH raised AS (
    UPDATE "User" SET revision = revision + 1 WHERE id = $1::uuid AND revision = $2::int RETURNING id
  ), stored AS (
    SELECT stored.* FROM raised, json_to_record($3::json) AS stored(
      id uuid, "connectorSlug" text, "accountId" text, "accountIdFrom" text, "accountLabel" text, metadata jsonb, "grantedScopes" text[], refreshable boolean,
      "expiresInMs" double precision, "refreshInMs" double precision, "checkInMs" double precision, verified boolean,
      "authorizationId" uuid, "setupId" uuid, "startedForSetup" uuid, "targetConnectionId" uuid,
      activity "ActivityKind", "activityDetail" text, "revokeReplaced" boolean, organization text
    )
  ), connection AS (
    INSERT INTO "Connection" (
      id, "userId", "connectorSlug", status, "accountId", "accountIdFrom", "accountLabel", metadata, "grantedScopes",
      "connectedAt",      "authorizedAt", "lastVerifiedAt", refreshable, "accessTokenIssuedAt", "accessTokenExpiresAt", "refreshDueAt",
      "verifyDueAt"
    )
    SELECT id, $1::uuid, "connectorSlug", 'LIVE', "accountId", "accountIdFrom", "accountLabel", metadata,
      "grantedScopes", now(), now(), CASE WHEN verified THEN now() END, refreshable, now(), now() + make_interval(secs => "expiresInMs" / 1000),
      now() + make_interval(secs => "refreshInMs" / 1000), now() + make_interval(secs => "checkInMs" / 1000)
    FROM stored
    ON CONFLICT (id) DO UPDATE SET
      status = excluded.status, "problemCode" = NULL, "problemSince" = NULL,
      "accountId" = excluded."accountId", "accountIdFrom" = excluded."accountIdFrom",
      metadata = excluded.metadata, "accountLabel" = excluded."accountLabel",
      "grantedScopes" = excluded."grantedScopes", "authorizedAt" = excluded."authorizedAt",
      "lastVerifiedAt" = excluded."lastVerifiedAt", refreshable = excluded.refreshable,
      "tokenVersion" = "Connection"."tokenVersion" + 1, "accessTokenIssuedAt" = excluded."accessTokenIssuedAt",
      "accessTokenExpiresAt" = excluded."accessTokenExpiresAt", "refreshDueAt" = excluded."refreshDueAt",
      "verifyDueAt" = excluded."verifyDueAt", "refreshAttempts" = 0, "refreshLeaseUntil" = NULL,
      "refreshStartedAt" = NULL, "refreshRefusals" = 0, "refreshRefusedSince" = NULL, "failureCause" = NULL,
      "failedAt" = NULL
  ), replaced AS (
    INSERT INTO "Revocation" (
      "connectorSlug", "accountId", organization, "userId", "recordId", sealed, "createdAt", "dueAt"
    )
    SELECT before."connectorSlug", before."accountId", organization, $1::uuid, stored.id, token.sealed, now(), now()
    FROM stored
    JOIN "Connection" before ON before.id = stored.id
    JOIN "ConnectionToken" token ON token."connectionId" = stored.id
    WHERE "revokeReplaced"
  ), token AS (
    INSERT INTO "ConnectionToken" ("connectionId", sealed) SELECT id, $4::bytea FROM stored
    ON CONFLICT ("connectionId") DO UPDATE SET sealed = excluded.sealed
  ), binding AS (
    INSERT INTO "StepBinding" ("setupId", "connectorSlug", "connectionId", "boundAt", authorized)
    SELECT "setupId", "connectorSlug", id, now(), true FROM stored WHERE "setupId" IS NOT NULL
    ON CONFLICT ("setupId", "connectorSlug") DO UPDATE SET
      "connectionId" = excluded."connectionId", "boundAt" = excluded."boundAt", authorized = true
  ), ended AS (
    UPDATE "Authorization" tried SET
      status = CASE tried.id WHEN "authorizationId" THEN 'SUCCEEDED' ELSE 'SUPERSEDED' END::"AuthorizationStatus",
      "connectionId" = CASE tried.id WHEN "authorizationId" THEN stored.id ELSE tried."connectionId" END,
      "endedAt" = now()
    FROM stored
    WHERE "userId" = $1::uuid AND (
      tried.id = "authorizationId"
      OR tried."connectorSlug" = stored."connectorSlug"
        AND tried."setupId" IS NOT DISTINCT FROM "startedForSetup"
        AND tried."targetConnectionId" IS NOT DISTINCT FROM stored."targetConnectionId"
        AND tried.status IN (${WAITING_STATUSES.map((status) => `'${status}'`).join(', ')})
    )
    RETURNING tried.id, tried.status::text
  ), secrets AS (
    DELETE FROM "AuthorizationSecret" USING ended WHERE "authorizationId" = ended.id
  ), kept AS (
    DELETE FROM "AuthorizationTokens" USING ended WHERE "authorizationId" = ended.id
    RETURNING ended.id, ended.status, "accountId", sealed
  ), given_back AS (
    INSERT INTO "Revocation" (
      "connectorSlug", "accountId", organization, "userId", "recordId", sealed, "createdAt", "dueAt"
    )
    SELECT "connectorSlug", kept."accountId", organization, $1::uuid, kept.id, sealed, now(), now()
    FROM kept CROSS JOIN stored WHERE kept.status = 'SUPERSEDED'
  ), activity AS (
    INSERT INTO "Activity" ("userId", at, kind, "connectorSlug", "accountLabel", detail)
    SELECT $1::uuid, now(), activity, "connectorSlug", "accountLabel", "activityDetail" FROM stored
  ), announced AS (
    ${updateAnnouncedSql('(SELECT $5::json FROM stored)')}
  ), told AS (
    ${insertDeliveriesSql('$1::uuid', '(SELECT $6::json FROM stored)')}
  )
  SELECT id, status FROM ended ORDER BY status`,
)
