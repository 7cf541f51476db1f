import DataLoader from 'dataloader'
import type { ApiKeyCaller } from '../domain/access/api-key/scopes.js'
import type { CreatedSetupSession, CreateSetupSession } from '../domain/access/setup-session/create-setup-session.js'
import type { AuthorizeConnector } from '../domain/authorization/authorize-connector.js'
import type { BrowserChannel } from '../domain/authorization/browser-binding.js'
import type { DeletedUser } from '../domain/erasure/delete-user.js'
import { ForbiddenError } from '../domain/errors.js'
import type { Caller } from '../domain/identity/caller.js'
import type { GivenIdentity } from '../domain/identity/user-identity.js'
import type { Viewer } from '../domain/identity/viewer.js'
import type { IssuedToken, TokenRequest } from '../domain/token/issue-access-token.js'
import type { ViewReader } from '../domain/view/read-view.js'
import type { AuthorizationRow, ConnectionRow, SetupRow } from '../domain/view/user-state.js'
import type { Seen, UserView } from '../domain/view/user-view.js'
import type { WatchView } from '../domain/view/watch-view.js'
import type { WebhookServices } from '../domain/webhook/webhook-services.js'
import type { PrismaClient } from '../generated/prisma/client.js'

/** The domain's operations, with their dependencies applied. */
export interface Services {
  startSetup(viewer: Viewer, pluginSlug: string): Promise<Seen<SetupRow>>
  removeSetup(viewer: Viewer, setupId: string, keepSkills: boolean): Promise<void>
  chooseConnection(viewer: Viewer, choice: { setupId: string; connectionId: string }): Promise<Seen<SetupRow>>
  authorizeConnector(
    viewer: Viewer,
    request: AuthorizeConnector,
  ): Promise<{ authorization: Seen<AuthorizationRow>; browserSecret: string | null }>
  cancelAuthorization(viewer: Viewer, id: string): Promise<Seen<AuthorizationRow>>
  confirmAuthorization(viewer: Viewer, confirmation: { id: string; code: string }): Promise<Seen<AuthorizationRow>>
  verifyConnection(viewer: Viewer, connectionId: string): Promise<Seen<ConnectionRow>>
  disconnect(viewer: Viewer, connectionId: string): Promise<void>
  issueAccessToken(key: ApiKeyCaller, request: TokenRequest): Promise<IssuedToken>
  createSetupSession(key: ApiKeyCaller, request: CreateSetupSession): Promise<CreatedSetupSession>
  deleteUser(identity: GivenIdentity): Promise<DeletedUser>
  publishPlugin(manifest: unknown): Promise<string>
  retirePlugin(slug: string): Promise<void>
  configureConnector(input: unknown): Promise<string>
  removeConnector(slug: string, options: { force: boolean }): Promise<void>
  webhooks: WebhookServices
  readView: ViewReader
  /** What is the same for everybody. */
  readCatalogueView(): Promise<UserView>
  watchView: WatchView
}

export interface Context {
  caller: Caller
  /**
   * The user who calls.
   * @throws ForbiddenError when an API key calls
   */
  readonly viewer: Viewer
  /**
   * The API key that calls.
   * @throws ForbiddenError when a user calls
   */
  readonly key: ApiKeyCaller
  services: Services
  browser: BrowserChannel
  /** For reads of what pages; every write goes through the services. */
  db: PrismaClient
  /** Origin under which browsers reach Patchbay. */
  publicUrl: string
  /** What the caller sees: read once for an operation. An API key sees the catalogue. What a mutation changed, its own result carries. */
  view(): Promise<UserView>
  /** Texts of the viewer's skill copies, by id. */
  instructions: DataLoader<string, string>
}

/** What one operation's resolvers share. The view is read when it is first asked for, once. */
export function createContext(
  { services, db, publicUrl }: Pick<Context, 'services' | 'db' | 'publicUrl'>,
  caller: Caller,
  browser: BrowserChannel,
): Context {
  let view: ReturnType<Context['view']> | undefined
  return {
    caller,
    get viewer() {
      return viewerOf(caller)
    },
    get key() {
      if (caller.kind === 'user') throw new ForbiddenError(caller.viewer.session ? 'setup-session' : 'user')
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
    instructions: new DataLoader(async (ids: readonly string[]) => {
      const rows = await db.skillCopy.findMany({
        where: { id: { in: [...ids] }, userId: viewerOf(caller).userId },
        select: { id: true, instructions: true },
      })
      const byId = new Map(rows.map((row) => [row.id, row.instructions]))
      return ids.map((id) => byId.get(id) ?? new Error('the skill copy is gone'))
    }),
  }
}

function viewerOf(caller: Caller): Viewer {
  if (caller.kind === 'api-key') throw new ForbiddenError('api-key')
  return caller.viewer
}

/** What the caller sees now: a user's setups and connections among the catalogue, an API key the catalogue alone. */
export function readView(
  services: Pick<Services, 'readView' | 'readCatalogueView'>,
  caller: Caller,
): Promise<UserView> {
  return caller.kind === 'user' ? services.readView(caller.viewer) : services.readCatalogueView()
}
