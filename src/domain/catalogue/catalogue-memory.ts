import type { Catalogue } from './catalogue.js'

/** Where operations get the catalogue from. */
export interface CatalogueSource {
  /** The catalogue as it is now. */
  current(): Promise<Catalogue>
  /** The catalogue for a reader whose snapshot showed this revision. */
  at(revision: number): Promise<Catalogue>
  /** The catalogue of this revision if it is in memory: for use inside a transaction, where nothing else may be read. */
  present(revision: number): Catalogue | undefined
}

/** The instance's copy of the catalogue, loaded again whenever a read shows that the database has another revision. */
export class CatalogueMemory implements CatalogueSource {
  #catalogue: Catalogue | undefined
  #loading: Promise<Catalogue> | undefined

  /**
   * @param load the whole catalogue
   * @param readRevision the revision that the database has now
   */
  constructor(
    private readonly load: () => Promise<Catalogue>,
    private readonly readRevision: () => Promise<number>,
  ) {}

  async current(): Promise<Catalogue> {
    return this.at(await this.readRevision())
  }

  /**
   * The catalogue for a reader whose snapshot showed this revision: never an older one, so that no revision certifies
   * what it does not contain. A database restored to an older backup is followed too.
   */
  async at(revision: number): Promise<Catalogue> {
    if (this.#catalogue?.revision === revision) return this.#catalogue
    // A load under way may have started before the snapshot: it serves only if it turns out recent enough.
    const inFlight = await this.#loading
    if (inFlight && inFlight.revision >= revision) return inFlight
    return this.#reload()
  }

  present(revision: number): Catalogue | undefined {
    return this.#catalogue?.revision === revision ? this.#catalogue : undefined
  }

  #reload(): Promise<Catalogue> {
    this.#loading ??= this.load()
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
