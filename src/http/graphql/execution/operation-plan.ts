import {
  type DocumentNode,
  defaultFieldResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql'
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js'
import { completionOf } from './complete-value.js'
import type { FieldPlan, Info, SelectionPlan, SelectionPlanner, Values } from './plan.js'

/** Hundreds of plans may be kept, so a larger one is made anew for each execution. */
const MAX_FIELDS = 250

/**
 * An operation, prepared for many executions. Selections are planned when they are first reached, so a plan never has
 * more fields than the largest response so far.
 */
export class OperationPlan implements SelectionPlanner {
  #fields = 0
  readonly #fragments: Record<string, FragmentDefinitionNode> = Object.create(null)
  #root: SelectionPlan | undefined

  /**
   * @param conditions the values of the variables that `@skip` and `@include` depend on. Others may be missing
   * @param onTooLarge called once the plan has so many fields that it must not be kept
   */
  constructor(
    readonly schema: GraphQLSchema,
    document: DocumentNode,
    readonly operation: OperationDefinitionNode,
    readonly conditions: Values,
    readonly onTooLarge: () => void,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments[definition.name.value] = definition
    }
  }

  /** What to execute on the root. */
  get root(): SelectionPlan {
    this.#root ??= this.#plannedRoot()
    return this.#root
  }

  selection(type: GraphQLObjectType, nodes: readonly FieldNode[]): SelectionPlan {
    return this.#planned(type, collectSubfields(this.schema, this.#fragments, this.conditions, type, nodes))
  }

  #plannedRoot(): SelectionPlan {
    const { schema, conditions, operation } = this
    const type = schema.getRootType(operation.operation)
    if (!type) throw new Error(`the schema has no ${operation.operation}`)
    return this.#planned(type, collectFields(schema, this.#fragments, conditions, type, operation.selectionSet))
  }

  #planned(parentType: GraphQLObjectType, fields: ReadonlyMap<string, readonly FieldNode[]>): SelectionPlan {
    const planned = [...fields].flatMap(([key, nodes]) => this.#field(parentType, key, nodes) ?? [])
    return { fields: planned, characters: planned.reduce((sum, { key }) => sum + key.length, 0) }
  }

  #field(parentType: GraphQLObjectType, key: string, nodes: readonly FieldNode[]): FieldPlan | undefined {
    const [node] = nodes
    const field = node && this.#definition(parentType, node.name.value)
    if (!field) return undefined
    if (++this.#fields === MAX_FIELDS + 1) this.onTooLarge()
    const info: Info = {
      fieldName: field.name,
      fieldNodes: nodes,
      returnType: field.type,
      parentType,
      schema: this.schema,
      fragments: this.#fragments,
      operation: this.operation,
    }
    return {
      key,
      info,
      nullable: !isNonNullType(field.type),
      resolve: field.resolve ?? defaultFieldResolver,
      argumentsFrom: argumentsOf(field, node),
      complete: completionOf(this, info),
    }
  }

  #definition(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef
    if (type === this.schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef
    }
    return type.getFields()[name]
  }
}

/** Computes a field's arguments once if they don't depend on variables. Each execution gets its own object. */
function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): FieldPlan['argumentsFrom'] {
  if (field.args.length === 0) return () => ({})
  if (variablesIn(node.arguments ?? []).size > 0) return (variables) => getArgumentValues(field, node, variables)
  const values = getArgumentValues(field, node)
  return () => ({ ...values })
}

/** Returns the names of the variables that the `@skip` and `@include` of a document depend on. */
export function conditionsOf(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>()
  visit(document, {
    Directive({ name, arguments: given = [] }) {
      if (name.value === 'skip' || name.value === 'include')
        for (const variable of variablesIn(given)) names.add(variable)
    },
  })
  return names
}

function variablesIn(nodes: NonNullable<FieldNode['arguments']>): Set<string> {
  const names = new Set<string>()
  for (const node of nodes) visit(node, { Variable: ({ name }) => void names.add(name.value) })
  return names
}
