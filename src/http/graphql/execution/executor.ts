import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { executePlan } from './execute-plan.js'
import { conditionsOf, OperationPlan } from './operation-plan.js'
import type { Values } from './plan.js'
import { RESPONSE_LIMITS, ResponseBudget } from './response-budget.js'
import { Turns } from './turns.js'

/** Different conditions of `@skip` and `@include` make different plans. */
const MAX_PLANS_OF_ONE = 8

interface Plans {
  conditions: readonly string[]
  byConditions: Map<string, OperationPlan>
}

export interface Executed {
  document: DocumentNode
  /** One of the document's operations. */
  operation: OperationDefinitionNode
  rootValue?: unknown
  contextValue: unknown
  /** As coerced by `getVariableValues`. */
  variableValues: Values
}

/** Called before anything of an operation's mutations runs, with their names. @throws an Error that refuses them all */
export type Admit = (mutations: readonly string[], contextValue: unknown) => void

/**
 * Carries out mutations, or decides not to.
 * @param names of all of them
 * @param run executes them
 */
export type CarryOut = (
  names: readonly string[],
  executed: Executed,
  run: () => ExecutionResult | Promise<ExecutionResult>,
) => ExecutionResult | Promise<ExecutionResult>

export type Executor = (executed: Executed) => ExecutionResult | Promise<ExecutionResult>

interface ExecutorOptions {
  limits?: typeof RESPONSE_LIMITS
  admit?: Admit
  carryOut?: CarryOut
  turns?: Turns
  /** Returns whose turn an execution with this context takes. By default, all of them have the same caller. */
  callerOf?: (contextValue: unknown) => string
}

/**
 * Executes valid operations of one schema. Keeps what it learned about an operation as long as its document is kept.
 * A response that exceeds the limits becomes one error instead.
 */
export function createExecutor(
  schema: GraphQLSchema,
  { limits = RESPONSE_LIMITS, admit, carryOut, turns = new Turns(), callerOf = () => '' }: ExecutorOptions = {},
): Executor {
  const plans = new WeakMap<OperationDefinitionNode, Plans>()

  return (executed) => {
    const { document, operation, contextValue, variableValues } = executed
    let known = plans.get(operation)
    if (!known) {
      known = { conditions: [...conditionsOf(document)], byConditions: new Map() }
      plans.set(operation, known)
    }
    const { conditions, byConditions } = known
    const values = conditions.map((name) => [name, variableValues[name]])
    const key = values.length === 0 ? '' : JSON.stringify(values)
    let plan = byConditions.get(key)
    if (!plan) {
      plan = new OperationPlan(schema, document, operation, Object.fromEntries(values), () => byConditions.delete(key))
      if (byConditions.size < MAX_PLANS_OF_ONE) byConditions.set(key, plan)
    }
    if (operation.operation !== 'mutation') return run(plan, 'together', executed)
    const names = namesIn(plan)
    const runMutations = () => {
      const refusal = admit && refusalBy(() => admit(names, contextValue))
      return refusal ? { errors: [refusal] } : run(plan, 'serially', executed)
    }
    return carryOut ? carryOut(names, executed, runMutations) : runMutations()
  }

  function run(
    plan: OperationPlan,
    order: 'serially' | 'together',
    { rootValue, contextValue, variableValues }: Executed,
  ) {
    const turn = turns.of(callerOf(contextValue))
    const budget = new ResponseBudget(limits)
    return executePlan(plan, order, { rootValue, contextValue, variableValues, budget, turn })
  }
}

function namesIn({ root }: OperationPlan): string[] {
  return root.fields.map(({ info }) => info.fieldName)
}

function refusalBy(admit: () => void): GraphQLError | undefined {
  try {
    admit()
    return undefined
  } catch (error) {
    const originalError = error as Error
    return new GraphQLError(originalError.message, { originalError })
  }
}
