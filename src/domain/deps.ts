import type { Catalogue } from './catalogue/catalogue.js'
import type { Db, Doorbell } from './change/revision.js'
import type { ConnectionNotice } from './ports/connection-notice.js'
import type { OAuthClient } from './ports/oauth-client.js'
import type { Notice } from './ports/telemetry.js'
import type { Vault } from './ports/vault.js'
import type { ViewReader } from './view/read-view.js'

/** What operations take. */
export interface Deps {
  readonly db: Db
  readonly doorbell: Doorbell
  readonly readView: ViewReader
  /** The catalogue as it stands now. */
  readonly readCatalogue: () => Promise<Catalogue>
  /** The catalogue for a reader whose snapshot showed this revision. */
  readonly catalogueAt: (revision: number) => Promise<Catalogue>
  /** The catalogue of a revision, if it is at hand: for within a transaction, where nothing else is read. */
  readonly presentCatalogue: (revision: number) => Catalogue | undefined
  readonly vault: Vault
  readonly oauth: OAuthClient
  /** Origin under which browsers reach Patchbay. */
  readonly publicUrl: string
  /** Origins to which a finished authorization may return. */
  readonly returnOrigins: ReadonlySet<string>
  /** Issuer of the host's tokens: the one of users for whom a back end names none. */
  readonly hostIssuer: string
  readonly notice: Notice & ConnectionNotice
  /** How often an app is asked whether it still accepts a connection: milliseconds. */
  readonly checkEveryMs: number
}
