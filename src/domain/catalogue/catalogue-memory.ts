import { setImmediate as turn } from 'node:timers/promises'
import type { Catalogue } from './catalogue.js'
import type { LoadedCatalogue } from './load-catalogue.js'

/** Where operations get the catalogue. */
export interface CatalogueSource {
  /** Returns the current catalogue. */
  current(): Promise<Catalogue>
  /** Returns the catalogue for a reader whose snapshot has this revision. */
  at(revision: number): Promise<Catalogue>
  /**
   * Returns the catalogue of this revision if it is in memory. For use within a transaction, where nothing else may be
   * read.
   */
  present(revision: number): Catalogue | undefined
}

/** How many readers that waited for a load continue in one turn of the event loop. Each has a view to compute and send. */
const READERS_PER_TURN = 50

/** The instance's copy of the catalogue. It is reloaded when a read shows that the database has another revision. */
export class CatalogueMemory implements CatalogueSource {
  #catalogue: LoadedCatalogue | undefined
  #loading: Promise<LoadedCatalogue> | undefined
  /** How many readers wait for the load in progress. */
  #waiting = 0

  /**
   * @param load reads the catalogue, or what has changed since the known one
   * @param readRevision reads the database's current revision
   * @param changed called when it is replaced, before any reader gets it
   */
  constructor(
    private readonly load: (known: LoadedCatalogue | undefined) => Promise<LoadedCatalogue>,
    private readonly readRevision: () => Promise<number>,
    private readonly changed: (catalogue: Catalogue) => void = () => {},
  ) {}

  async current(): Promise<Catalogue> {
    return this.at(await this.readRevision())
  }

  /**
   * Returns the catalogue for a reader whose snapshot has this revision. Never returns an older one, because a revision
   * must not vouch for content that is missing. Also follows a database that was restored to an older backup.
   */
  async at(revision: number): Promise<Catalogue> {
    if (this.#catalogue?.revision === revision) return this.#catalogue
    // A load in progress may have started before the snapshot. It counts only if its result is recent enough.
    const inFlight = this.#loading && (await this.#inTurn(this.#loading))
    if (inFlight && inFlight.revision >= revision) return inFlight
    return this.#inTurn(this.#reload())
  }

  present(revision: number): Catalogue | undefined {
    return this.#catalogue?.revision === revision ? this.#catalogue : undefined
  }

  /** Everyone waits for a changed catalogue. If all readers continued in one turn, the process would stop for that long. */
  async #inTurn(loading: Promise<LoadedCatalogue>): Promise<LoadedCatalogue> {
    const turns = Math.floor(this.#waiting++ / READERS_PER_TURN)
    const loaded = await loading
    for (let waited = 0; waited < turns; waited++) await turn()
    return loaded
  }

  #reload(): Promise<LoadedCatalogue> {
    this.#loading ??= this.load(this.#catalogue)
      .then((catalogue) => {
        this.#catalogue = catalogue
        this.changed(catalogue)
        return catalogue
      })
      .finally(() => {
        this.#loading = undefined
        this.#waiting = 0
      })
    return this.#loading
  }
}
