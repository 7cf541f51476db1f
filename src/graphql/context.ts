import DataLoader from 'dataloader'
import type { AuthorizeConnector } from '../domain/authorization/authorize-connector.js'
import type { BrowserChannel } from '../domain/authorization/browser-binding.js'
import type { AuthorizationRow, SetupRow } from '../domain/user/user-state.js'
import type { Seen, UserView } from '../domain/user/user-view.js'
import type { Viewer } from '../domain/user/viewer.js'
import type { ViewReader } from '../domain/user/views.js'
import type { WatchView } from '../domain/user/watch-view.js'
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
  disconnect(viewer: Viewer, connectionId: string): Promise<void>
  publishPlugin(manifest: unknown): Promise<string>
  retirePlugin(slug: string): Promise<void>
  configureConnector(input: unknown): Promise<string>
  removeConnector(slug: string, options: { force: boolean }): Promise<void>
  readView: ViewReader
  watchView: WatchView
}

export interface Context {
  viewer: Viewer
  services: Services
  browser: BrowserChannel
  /** For reads of what pages; every write goes through the services. */
  db: PrismaClient
  /** Origin under which browsers reach Patchbay. */
  publicUrl: string
  /** What the viewer sees: read once for an operation. What a mutation changed, its own result carries. */
  view(): Promise<UserView>
  /** Texts of the viewer's skill copies, by id. */
  instructions: DataLoader<string, string>
}

/** What one operation's resolvers share. The view is read when it is first asked for, once. */
export function createContext(
  { services, db, publicUrl }: Pick<Context, 'services' | 'db' | 'publicUrl'>,
  viewer: Viewer,
  browser: BrowserChannel,
): Context {
  let view: ReturnType<Context['view']> | undefined
  return {
    viewer,
    services,
    browser,
    db,
    publicUrl,
    view: () => {
      view ??= services.readView(viewer.userId)
      return view
    },
    instructions: new DataLoader(async (ids: readonly string[]) => {
      const rows = await db.skillCopy.findMany({
        where: { id: { in: [...ids] }, userId: viewer.userId },
        select: { id: true, instructions: true },
      })
      const byId = new Map(rows.map((row) => [row.id, row.instructions]))
      return ids.map((id) => byId.get(id) ?? new Error('the skill copy is gone'))
    }),
  }
}
