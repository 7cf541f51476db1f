import DataLoader from 'dataloader'
import type { BrowserChannel } from '../domain/authorization/browser-binding.js'
import { ForbiddenError } from '../domain/errors.js'
import type { ApiKeyCaller } from '../domain/identity/api-key-caller.js'
import type { Caller } from '../domain/identity/caller.js'
import type { Viewer } from '../domain/identity/viewer.js'
import type { Operations } from '../domain/operations.js'
import type { AccountChoice } from '../domain/ports/oauth-client.js'
import type { ConnectorFailure } from '../domain/publishing/connector-failures.js'
import type { ReadView, WatchView } from '../domain/view/read-view.js'
import type { UserView } from '../domain/view/user-view.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { limitExceeded } from './limit-exceeded.js'

/** Of lists that are read from the database page by page. */
const MAX_PAGES = 25

/** What resolvers call. */
export interface Services extends Operations {
  readView: ReadView
  watchView: WatchView
}

export interface Context {
  caller: Caller
  /**
   * The user who calls.
   * @throws ForbiddenError if an API key calls
   */
  readonly viewer: Viewer
  /**
   * The API key that calls.
   * @throws ForbiddenError if a user calls
   */
  readonly key: ApiKeyCaller
  services: Services
  browser: BrowserChannel
  /** For reading paged lists. Every write goes through the services. */
  db: PrismaClient
  /** The origin under which browsers reach Patchbay. */
  publicUrl: string
  /**
   * What the caller sees, read once per operation. An API key sees only the catalogue. A mutation's result carries its
   * own newer view.
   */
  view(): Promise<UserView>
  /** The texts of the viewer's skill copies, by id. */
  readonly instructions: DataLoader<string, string>
  /** The authorizations of the viewer that aren't part of the view, by id. All of them are read at one moment. */
  readonly authorizations: DataLoader<string, UserView>
  /** What the viewer can choose from, by the authorization's id, as it is now. Null if it awaits no choice. */
  readonly choices: DataLoader<string, readonly AccountChoice[] | null>
  /** What was found for the ids that `node` and `nodes` looked up. */
  readonly found: Map<string, Promise<object | null>>
  /**
   * Call it before each read of a page in the database.
   * @throws GraphQLError if the operation reads too many
   */
  takePage(): void
  /**
   * What failed lately, by the connector's slug. For operators and API keys. Operators see what failed for users of their
   * own organization.
   */
  readonly failures: DataLoader<string, ConnectorFailure[]>
  /** What changes silently about the viewer's connections, by id, as it is now. */
  readonly freshness: DataLoader<string, Freshness>
}

/** Refreshes and checks change it without raising the user's revision, so it isn't part of a view. */
export interface Freshness {
  lastVerifiedAt: Date | null
  accessTokenExpiresAt: Date | null
}

/** What the resolvers of one operation share. The view is read once, when it is first needed. */
export function createContext(
  { services, db, publicUrl }: Pick<Context, 'services' | 'db' | 'publicUrl'>,
  caller: Caller,
  browser: BrowserChannel,
): Context {
  let view: ReturnType<Context['view']> | undefined
  let instructions: Context['instructions'] | undefined
  let freshness: Context['freshness'] | undefined
  let authorizations: Context['authorizations'] | undefined
  let choices: Context['choices'] | undefined
  let found: Context['found'] | undefined
  let failures: Context['failures'] | undefined
  let pages = 0
  return {
    caller,
    get viewer() {
      return viewerOf(caller)
    },
    get key() {
      if (caller.kind === 'user') throw new ForbiddenError(caller.viewer.session ? 'setup-session' : 'user', KEYS)
      return caller.key
    },
    services,
    browser,
    db,
    publicUrl,
    view: () => {
      view ??= readView(services, caller)
      return view
    },
    get instructions() {
      instructions ??= instructionsOf(db, caller)
      return instructions
    },
    get authorizations() {
      authorizations ??= authorizationsOf(services, caller)
      return authorizations
    },
    get choices() {
      choices ??= choicesOf(services, caller)
      return choices
    },
    get found() {
      found ??= new Map()
      return found
    },
    takePage() {
      if (++pages > MAX_PAGES) throw limitExceeded('pages', `Request at most ${MAX_PAGES} pages in one operation.`)
    },
    get failures() {
      failures ??= failuresOf(services, caller)
      return failures
    },
    get freshness() {
      freshness ??= freshnessOf(db, caller)
      return freshness
    },
  }
}

function failuresOf(services: Services, caller: Caller): DataLoader<string, ConnectorFailure[]> {
  const organization = caller.kind === 'user' ? caller.viewer.organization.id : null
  return new DataLoader((slugs) => services.readConnectorFailures(slugs, organization), { cache: false })
}

function authorizationsOf(services: Services, caller: Caller): DataLoader<string, UserView> {
  return new DataLoader(async (ids) => {
    const view = await services.readView(viewerOf(caller), ...ids)
    return ids.map(() => view)
  })
}

/** Keeps nothing, because a subscription's pushes share its context. */
function choicesOf(services: Services, caller: Caller): DataLoader<string, readonly AccountChoice[] | null> {
  return new DataLoader(
    async (ids) => {
      const byId = await services.readChoices(viewerOf(caller), ids)
      return ids.map((id) => byId.get(id) ?? null)
    },
    { cache: false },
  )
}

function instructionsOf(db: PrismaClient, caller: Caller): DataLoader<string, string> {
  return new DataLoader(async (ids) => {
    const rows = await db.skillCopy.findMany({
      where: { id: { in: [...ids] }, userId: viewerOf(caller).userId },
      select: { id: true, instructions: true },
    })
    const byId = new Map(rows.map((row) => [row.id, row.instructions]))
    return ids.map((id) => byId.get(id) ?? new Error('the skill copy is gone'))
  })
}

/** Keeps nothing, because a subscription's pushes share its context. */
function freshnessOf(db: PrismaClient, caller: Caller): DataLoader<string, Freshness> {
  return new DataLoader(
    async (ids) => {
      const rows = await db.connection.findMany({
        where: { id: { in: [...new Set(ids)] }, userId: viewerOf(caller).userId },
        select: { id: true, lastVerifiedAt: true, accessTokenExpiresAt: true },
      })
      const byId = new Map(rows.map((row) => [row.id, row]))
      // A connection that was removed since the view was read is no longer verified, nor does its token count.
      return ids.map((id) => byId.get(id) ?? { lastVerifiedAt: null, accessTokenExpiresAt: null })
    },
    { cache: false },
  )
}

const KEYS = { users: false, operators: false, scopes: [] }

function viewerOf(caller: Caller): Viewer {
  if (caller.kind === 'api-key') throw new ForbiddenError('api-key')
  return caller.viewer
}

/**
 * Returns what the caller sees now: for a user, their setups and connections within the catalogue; for an API key, only
 * the catalogue.
 */
export function readView(
  services: Pick<Services, 'readView' | 'readCatalogueView'>,
  caller: Caller,
): Promise<UserView> {
  return caller.kind === 'user' ? services.readView(caller.viewer) : services.readCatalogueView()
}
