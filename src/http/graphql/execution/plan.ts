import type {
  FieldNode,
  GraphQLError,
  GraphQLField,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
} from 'graphql'
import type { ResponseBudget } from './response-budget.js'
import type { Turn } from './turns.js'

export type Values = Readonly<Record<string, unknown>>
export type Path = GraphQLResolveInfo['path']
/** What resolvers are told, without what differs from one execution to the next. */
export type Info = Omit<GraphQLResolveInfo, 'path' | 'rootValue' | 'variableValues'>

/** One field of a selection: all that is the same in every execution. */
export interface FieldPlan {
  /** Its name in the response. */
  key: string
  info: Info
  nullable: boolean
  resolve: NonNullable<GraphQLField<unknown, unknown>['resolve']>
  argumentsFrom(variables: Values): Record<string, unknown>
  complete: Complete
}

/** What to execute on one object type. */
export interface SelectionPlan {
  readonly fields: readonly FieldPlan[]
  /** How many characters the names of the fields have together. */
  readonly characters: number
}

export interface SelectionPlanner {
  schema: GraphQLSchema
  /** Plans what to execute on an object that these fields returned. */
  selection(type: GraphQLObjectType, nodes: readonly FieldNode[]): SelectionPlan
}

/** One execution of a plan. */
export interface Execution {
  rootValue: unknown
  contextValue: unknown
  variableValues: Values
  errors: GraphQLError[]
  /** What the rest of the response may contain. */
  budget: ResponseBudget
  turn: Turn
  /** How often a value was a promise so far. */
  reads: number
}

/**
 * Makes the response out of what a resolver returned (GraphQL specification, §6.4.3).
 * @returns the response or a promise of it
 * @throws whatever makes it null
 */
export type Complete = (execution: Execution, value: unknown, path: Path, info: GraphQLResolveInfo) => unknown
