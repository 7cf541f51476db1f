import DataLoader from 'dataloader'
import type { BrowserChannel } from '../domain/authorization/browser-binding.js'
import { ForbiddenError } from '../domain/errors.js'
import type { ApiKeyCaller } from '../domain/identity/api-key-caller.js'
import type { Caller } from '../domain/identity/caller.js'
import type { Viewer } from '../domain/identity/viewer.js'
import type { Operations } from '../domain/operations.js'
import type { ReadView, WatchView } from '../domain/view/read-view.js'
import type { UserView } from '../domain/view/user-view.js'
import type { PrismaClient } from '../generated/prisma/client.js'

/** What resolvers call. */
export interface Services extends Operations {
  readView: ReadView
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
