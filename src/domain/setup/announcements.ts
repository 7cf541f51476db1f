import type { SetupStatus } from '../../generated/prisma/enums.js'
import type { Catalogue } from '../catalogue/catalogue.js'
import { type Sql, statement } from '../ports/sql.js'
import { parseState } from '../view/parse-state.js'
import { bindingsSql, connectionsSql, setupsSql } from '../view/state-sql.js'
import type { SetupRow, UserState } from '../view/user-state.js'
import { UserView } from '../view/user-view.js'
import { setupEvent, type WebhookEvent } from '../webhook/events.js'

/** A setup and what host back ends were last told about it. */
export interface AnnouncedSetup extends SetupRow {
  /** Null if they were told nothing yet. */
  readonly announcedStatus: SetupStatus | null
  /** The catalogue's revision that this status was computed with. */
  readonly announcedRevision: number
}

/**
 * What a user's setups derive from, without authorizations: an open one hides a step's problem only for as long as it
 * lasts.
 */
export interface AnnouncedState extends UserState {
  readonly setups: readonly AnnouncedSetup[]
}

/** What to store about a change of setups' statuses, and what to tell host back ends. */
export interface Announcements {
  setups: { id: string; status: SetupStatus | null; revision: number }[]
  events: WebhookEvent[]
}

/**
 * Compares the status of the user's setups with what host back ends were last told.
 *
 * If the catalogue of this snapshot isn't in memory, it marks the setups and leaves them to announceByCatalogue. Another
 * instance may have announced them with this very catalogue before.
 */
export function announcementsOf(catalogue: Catalogue | undefined, state: AnnouncedState): Announcements {
  if (!catalogue) {
    const setups = state.setups.map(({ id, announcedStatus }) => ({ id, status: announcedStatus, revision: 0 }))
    return { setups, events: [] }
  }
  const { revision } = catalogue
  const view = new UserView(catalogue, state)
  const setups: Announcements['setups'] = []
  const events: WebhookEvent[] = []
  for (const { id, pluginSlug, announcedStatus, announcedRevision, ...setup } of state.setups) {
    const { status } = view.progress({ id, pluginSlug, ...setup })
    if (status === announcedStatus && announcedRevision === revision) continue
    setups.push({ id, status, revision })
    if (status !== 'IN_PROGRESS' && status !== announcedStatus) events.push(setupEvent({ id, pluginSlug, status }))
  }
  return { setups, events }
}

const ANNOUNCED = ['announcedStatus', 'announcedRevision'] as const satisfies readonly (keyof AnnouncedSetup)[]

/** A state as a statement returns it. */
export interface StateText {
  catalogueRevision: number
  /** JSON, by announcedStateSql. Null if there is none. */
  state: string | null
}

const READ_ANNOUNCED = statement<[userId: string], StateText>(
  'read-announced',
  `SELECT
    COALESCE((SELECT revision FROM "Catalogue" WHERE id = 1), 0) AS "catalogueRevision",
    ${announcedStateSql('$1::uuid')}::text AS state`,
)

/**
 * The SQL expression of the state, as JSON.
 * @param user the SQL expression of the user's id
 * @param connector the SQL expression of a connector's slug. If given, only the setups that it concerns are read
 */
export function announcedStateSql(user: string, connector?: string): string {
  const concerned =
    connector &&
    `EXISTS (SELECT FROM "Requirement" WHERE "pluginSlug" = "Setup"."pluginSlug" AND "connectorSlug" = ${connector})`
  return `json_build_object(
    'setups', ${setupsSql(user, { more: ANNOUNCED, only: concerned })},
    'bindings', ${bindingsSql(user, { only: concerned })},
    'connections', ${connectionsSql(user)},
    'authorizations', '[]'::json,
    'skillCopies', '[]'::json
  )`
}

export function announcedStateOf({ state, catalogueRevision }: StateText): AnnouncedState | undefined {
  return state === null ? undefined : (parseState(state, 0, catalogueRevision, ANNOUNCED) as AnnouncedState)
}

/** Reads what a user's setups derive from. The user's row is locked. */
export async function readAnnouncedState(tx: Sql, userId: string): Promise<AnnouncedState> {
  const [row] = await tx.run(READ_ANNOUNCED, userId)
  const state = row && announcedStateOf(row)
  if (!state) throw new Error('reading a user’s setups returned nothing')
  return state
}

/** @param setups the SQL expression of what `Announcements` has, as JSON */
export function updateAnnouncedSql(setups: string): string {
  return `UPDATE "Setup" SET "announcedStatus" = told.status, "announcedRevision" = told.revision
    FROM json_to_recordset(${setups}) AS told(id uuid, status "SetupStatus", revision int)
    WHERE "Setup".id = told.id`
}
