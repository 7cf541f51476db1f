import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import { codedError } from '../coded-error.js'

/** The same limit as that of a WebSocket's messages, nearly. The largest document of the wizard has 2,000. */
export const MAX_TEXT = 50_000
const MAX_FRAGMENTS = 100
const MAX_FIELDS = 10_000
const MAX_PAIRS = 10_000
/** Each one is a transaction or more. */
const MAX_MUTATIONS = 10

type DocumentLimit = 'text' | 'fragments' | 'fields' | 'repeated-fields' | 'mutations'

/**
 * Checks that validation will be cheap: graphql-js compares each two fields that have the same name in the response, and
 * each two fragments. Fields count at each place where their fragment is spread.
 * @returns the error to send without validating the document
 */
export function excessOf(document: DocumentNode): GraphQLError | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  if (fragments.size > MAX_FRAGMENTS)
    return exceeded('fragments', `${fragments.size} fragments, and ${MAX_FRAGMENTS} is the limit`)
  let fields = 0
  let pairs = 0

  /** @returns the fields by their names in the response, or undefined if the limits don't allow them */
  function merged(selections: readonly SelectionSetNode[]): ReadonlyMap<string, readonly FieldNode[]> | undefined {
    const byName = new Map<string, FieldNode[]>()
    const spread = new Set<string>()
    const collect = ({ selections }: SelectionSetNode): boolean =>
      selections.every((node) => {
        if (node.kind === Kind.INLINE_FRAGMENT) return collect(node.selectionSet)
        if (node.kind === Kind.FRAGMENT_SPREAD) {
          const fragment = fragments.get(node.name.value)
          if (!fragment || spread.has(node.name.value)) return true
          spread.add(node.name.value)
          return collect(fragment.selectionSet)
        }
        const name = (node.alias ?? node.name).value
        const same = byName.get(name)
        pairs += same?.length ?? 0
        if (same) same.push(node)
        else byName.set(name, [node])
        return ++fields <= MAX_FIELDS && pairs <= MAX_PAIRS
      })
    return selections.every(collect) ? byName : undefined
  }

  /** @returns whether the limits allow what the merged selections contain */
  function fits(selections: readonly SelectionSetNode[]): boolean {
    const byName = merged(selections)
    if (!byName) return false
    for (const nodes of byName.values()) {
      const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
      if (below.length > 0 && !fits(below)) return false
    }
    return true
  }

  for (const definition of document.definitions) {
    const isMutation = definition.kind === Kind.OPERATION_DEFINITION && definition.operation === 'mutation'
    const mutations = isMutation ? (merged([definition.selectionSet])?.size ?? 0) : 0
    if (mutations > MAX_MUTATIONS) {
      return exceeded('mutations', `${mutations} mutations in one operation, and ${MAX_MUTATIONS} is the limit`)
    }
    if ('selectionSet' in definition && !fits([definition.selectionSet])) {
      return pairs > MAX_PAIRS
        ? exceeded('repeated-fields', 'the same fields too many times: 141 times the same one is the limit')
        : exceeded(
            'fields',
            `more than ${MAX_FIELDS.toLocaleString('en')} fields with those of its fragments, which is the limit`,
          )
    }
  }
  return undefined
}

/** @param text what a client sent as a document */
export function excessOfText(text: string): GraphQLError | undefined {
  if (text.length <= MAX_TEXT) return undefined
  return exceeded(
    'text',
    `${text.length.toLocaleString('en')} characters, and ${MAX_TEXT.toLocaleString('en')} is the limit`,
  )
}

function exceeded(limit: DocumentLimit, what: string): GraphQLError {
  return codedError(
    'GRAPHQL_VALIDATION_FAILED',
    `The document has ${what}. Pass values as variables, and split it into smaller ones.`,
    { limit },
  )
}
