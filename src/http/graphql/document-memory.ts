import type { DocumentNode } from 'graphql'

const MAX_DOCUMENTS = 500
/** Of all texts together. A parsed document takes up to a hundred times the memory of its text. */
const MAX_CHARACTERS = 250_000
/** A longer text would push out too many others. */
const MAX_CHARACTERS_OF_ONE = 25_000

/**
 * Remembers documents that passed validation, by their text, and forgets those that were not used for the longest time.
 * No limit on documents depends on variables, so a document that was valid once stays valid.
 */
export class DocumentMemory {
  readonly #documents = new Map<string, DocumentNode>()
  readonly #valid = new WeakSet<DocumentNode>()
  #characters = 0

  get(text: string): DocumentNode | undefined {
    const document = this.#documents.get(text)
    if (!document) return undefined
    this.#documents.delete(text)
    this.#documents.set(text, document) // the last one in the map's order is the one that is forgotten last
    return document
  }

  /** Whether a document is one that was remembered, even if it has been forgotten since. */
  isValid(document: DocumentNode): boolean {
    return this.#valid.has(document)
  }

  /** @param document a valid document, sent by an authenticated caller: nobody else can push out other documents */
  remember(text: string, document: DocumentNode): void {
    if (this.#documents.has(text) || text.length > MAX_CHARACTERS_OF_ONE) return
    this.#documents.set(text, document)
    this.#valid.add(document)
    this.#characters += text.length
    for (const oldest of this.#documents.keys()) {
      if (this.#documents.size <= MAX_DOCUMENTS && this.#characters <= MAX_CHARACTERS) return
      this.#documents.delete(oldest)
      this.#characters -= oldest.length
    }
  }
}
