import {
  type DefinitionNode,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  print,
  validate,
  visit,
} from 'graphql'
import type { TrustedDocumentsOnly } from '../../config/environment.js'
import type { Caller } from '../../domain/identity/caller.js'
import { codedError } from './coded-error.js'

/** What a request says about its document, as far as an id is concerned. Clients decide what is in it. */
interface Identified {
  documentId?: unknown
  extensions?: unknown
}

/** An id and a text, of one document that a front end was built with. */
export type TrustedDocument = readonly [id: string, text: string]

/**
 * The documents that front ends were built with. Requests may name one by its id instead of sending its text, and an
 * operator may allow no others.
 */
export class TrustedDocuments {
  readonly #only: TrustedDocumentsOnly
  readonly #texts: ReadonlyMap<string, string>
  readonly #forms: ReadonlySet<string>
  /** Documents that were compared before. */
  readonly #known = new WeakMap<DocumentNode, boolean>()

  /**
   * @param documents whose texts are valid syntax
   * @param only who may send no other documents
   */
  constructor(documents: Iterable<TrustedDocument>, only: TrustedDocumentsOnly) {
    this.#only = only
    this.#texts = new Map(documents)
    this.#forms = new Set(only === 'off' ? [] : [...this.#texts.values()].map((text) => formOf(parse(text))))
  }

  /** Returns the text of the document that a request names, or undefined if it names none, or one that isn't known. */
  textOf(request: Identified): string | undefined {
    const id = documentIdOf(request)
    return id === undefined ? undefined : (this.#texts.get(id) ?? this.#texts.get(`sha256:${id}`))
  }

  /** Returns the error for a request that names a document that isn't known. */
  notFound({ documentId }: Identified): GraphQLError {
    const remedy =
      this.#only === 'off'
        ? 'Send its text as “query”, or ask an operator to add your manifest to PATCHBAY_TRUSTED_DOCUMENTS.'
        : 'Ask an operator to add your manifest to PATCHBAY_TRUSTED_DOCUMENTS.'
    if (typeof documentId === 'string') {
      return codedError('PERSISTED_DOCUMENT_NOT_FOUND', `This server has no document with this id. ${remedy}`)
    }
    // Clients with Apollo's automatic persisted queries send the text after this error.
    return codedError('PERSISTED_QUERY_NOT_SUPPORTED', `This server has no document with this hash. ${remedy}`)
  }

  /** Returns the error to send instead of executing a document, if this caller may send only trusted ones. */
  refusalOf(caller: Caller, document: DocumentNode): GraphQLError | undefined {
    const isBound = this.#only === 'everyone' || (this.#only === 'users' && caller.kind === 'user')
    return isBound && !this.#includes(document) ? notTrusted() : undefined
  }

  #includes(document: DocumentNode): boolean {
    const known = this.#known.get(document)
    if (known !== undefined) return known
    const isIncluded = this.#forms.has(formOf(document))
    this.#known.set(document, isIncluded)
    return isIncluded
  }
}

/** The id is `documentId`, as in GraphQL over HTTP, or where clients for Apollo's persisted queries put it. */
export function documentIdOf({ documentId, extensions }: Identified): string | undefined {
  if (typeof documentId === 'string') return documentId
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } | null }
  const hash = persistedQuery?.sha256Hash
  return typeof hash === 'string' ? hash : undefined
}

/**
 * What two documents have in common that ask for the same. GraphQL clients print documents in their own way, order their
 * fragments differently, and add `__typename` for their caches.
 */
function formOf(document: DocumentNode): string {
  const bare = visit(document, {
    Field: ({ name, alias, directives }) =>
      name.value === '__typename' && !alias && !directives?.length ? null : undefined,
  })
  return bare.definitions
    .map((definition: DefinitionNode) => print(definition))
    .toSorted()
    .join('\n')
}

/** Returns what is wrong with a text that is to be trusted, or undefined. */
export function faultOfDocument(text: string): string | undefined {
  try {
    const { definitions } = parse(text)
    return definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION) ? undefined : 'it has no operation'
  } catch (error) {
    return (error as Error).message
  }
}

/** Returns what about a document doesn't fit the schema, or undefined. Its syntax is valid. */
export function misfitOfDocument(schema: GraphQLSchema, text: string): string | undefined {
  return validate(schema, parse(text), undefined, { maxErrors: 1 })[0]?.message
}

function notTrusted(): GraphQLError {
  return codedError(
    'DOCUMENT_NOT_TRUSTED',
    'This server executes only documents that it knows, and this isn’t one of them. Ask an operator to add the manifest of your documents to PATCHBAY_TRUSTED_DOCUMENTS.',
  )
}
