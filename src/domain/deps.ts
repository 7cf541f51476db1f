import type { CatalogueSource } from './catalogue/catalogue-memory.js'
import type { Db } from './db.js'
import type { HostIssuers } from './identity/host-issuers.js'
import type { Notifier } from './ports/notifier.js'
import type { OAuthClient } from './ports/oauth-client.js'
import type { SqlDatabase } from './ports/sql.js'
import type { Telemetry } from './ports/telemetry.js'
import type { Vault } from './ports/vault.js'
import type { ReadView } from './view/read-view.js'

/** What operations depend on. Each one takes a `Pick` of it. */
export interface Deps {
  readonly db: Db
  /** The same database, for the statements of hot paths. */
  readonly sql: SqlDatabase
  readonly notifier: Notifier
  readonly catalogue: CatalogueSource
  readonly readView: ReadView
  readonly vault: Vault
  readonly oauth: OAuthClient
  readonly telemetry: Telemetry
  readonly settings: Settings
}

/** The operator's configuration, as far as the domain needs it. */
export interface Settings {
  /** The origin under which browsers reach Patchbay. */
  readonly publicUrl: string
  /** The origins that a finished authorization may return to. */
  readonly returnOrigins: ReadonlySet<string>
  /** The addresses of native apps that it may return to. */
  readonly nativeReturns: readonly string[]
  readonly hostIssuers: HostIssuers
  /** How often Patchbay asks an app whether it still accepts a connection, in milliseconds. */
  readonly checkEveryMs: number
}
