import type { Catalogue } from './catalogue.js'

/** The instance's copy of the catalogue, loaded again whenever a read shows that the database has another revision. */
export class CatalogueMemory {
  #catalogue: Catalogue | undefined
  #loading: Promise<Catalogue> | undefined

  constructor(private readonly load: () => Promise<Catalogue>) {}

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

  /** The copy at hand, if it is of this revision: for within a transaction, where nothing else is read. */
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
