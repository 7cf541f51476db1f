import {
  type ASTVisitor,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql'
import { codedError } from '../coded-error.js'

/** A field with a list of objects, as `Type.field`. */
type ListField = string

/**
 * A validation rule: no list of objects contains itself, at any depth. Otherwise, lists multiply: the setups of the
 * connections of the setups … are as many as the user has, to the power of the depth.
 *
 * It computes once for each selection and each fragment which list fields are in it, so documents in which fragments
 * contain each other many times aren't expensive.
 */
export function repeatedListsRule(context: ValidationContext): ASTVisitor {
  const schema = context.getSchema()
  const inFragments = new Map<string, ReadonlySet<ListField>>()
  const reported = new Set<ListField>()

  function listsIn(selections: SelectionSetNode, parent: GraphQLNamedType | undefined): ReadonlySet<ListField> {
    const found = new Set<ListField>()
    for (const node of selections.selections) {
      const lists =
        node.kind === Kind.FIELD
          ? listsOfField(node, parent)
          : node.kind === Kind.INLINE_FRAGMENT
            ? listsIn(node.selectionSet, node.typeCondition ? schema.getType(node.typeCondition.name.value) : parent)
            : listsOfFragment(context.getFragment(node.name.value))
      for (const list of lists) found.add(list)
    }
    return found
  }

  function listsOfField(node: FieldNode, parent: GraphQLNamedType | undefined): ReadonlySet<ListField> {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined
    if (!field || !parent || !node.selectionSet) return NONE
    const type = getNamedType(field.type)
    const within = listsIn(node.selectionSet, type)
    if (!isListType(getNullableType(field.type)) || !isCompositeType(type)) return within
    const list = `${parent.name}.${field.name}`
    if (within.has(list)) report(list, node)
    return new Set(within).add(list)
  }

  function listsOfFragment(fragment: FragmentDefinitionNode | null | undefined): ReadonlySet<ListField> {
    if (!fragment) return NONE
    const { name, typeCondition, selectionSet } = fragment
    const known = inFragments.get(name.value)
    if (known) return known
    inFragments.set(name.value, NONE) // a fragment that contains itself is another rule's concern
    const lists = listsIn(selectionSet, schema.getType(typeCondition.name.value))
    inFragments.set(name.value, lists)
    return lists
  }

  function report(list: ListField, node: FieldNode): void {
    if (reported.has(list)) return
    reported.add(list)
    context.reportError(
      codedError(
        'GRAPHQL_VALIDATION_FAILED',
        `${list} may not be selected within itself, because such lists multiply. Select only the ids there, and look them up with \`nodes\`.`,
        { limit: 'repeated-lists' },
        { nodes: [node] },
      ),
    )
  }

  return {
    OperationDefinition({ operation, selectionSet }) {
      listsIn(selectionSet, schema.getRootType(operation) ?? undefined)
    },
  }
}

const NONE: ReadonlySet<ListField> = new Set()
