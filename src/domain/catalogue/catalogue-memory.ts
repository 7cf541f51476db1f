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

/** The instance's copy of the catalogue. It is reloaded when a read shows that the database has another revision. */
export class CatalogueMemory implements CatalogueSource {
  #catalogue: LoadedCatalogue | undefined
  #loading: Promise<LoadedCatalogue> | undefined

  /**
   * @param load reads the catalogue, or what has changed since the known one
   * @param readRevision reads the database's current revision
   */
  constructor(
    private readonly load: (known: LoadedCatalogue | undefined) => Promise<LoadedCatalogue>,
    private readonly readRevision: () => Promise<number>,
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
    const inFlight = await this.#loading
    if (inFlight && inFlight.revision >= revision) return inFlight
    return this.#reload()
  }

  present(revision: number): Catalogue | undefined {
    return this.#catalogue?.revision === revision ? this.#catalogue : undefined
  }

  #reload(): Promise<LoadedCatalogue> {
    this.#loading ??= this.load(this.#catalogue)
      .then((catalogue) => {
        this.#catalogue = catalogue
        return catalogue
      })
      .finally(() => {
        this.#loading = undefined
      })
    return this.#loading
  }
}
