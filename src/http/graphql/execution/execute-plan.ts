import { type ExecutionResult, type FieldNode, type GraphQLError, type GraphQLResolveInfo, locatedError } from 'graphql'
import type { Execution, FieldPlan, Path, SelectionPlan } from './plan.js'
import { ResponseTooLargeError } from './response-budget.js'

/** A field that waits takes that many times as long as one that doesn't. */
const VALUES_OF_A_PROMISE = 10

/**
 * Executes a planned operation as graphql-js does (GraphQL specification, §6): queries and the events of subscriptions
 * with all fields at once, mutations one after another.
 */
export function executePlan(
  plan: { readonly root: SelectionPlan },
  order: 'together' | 'serially',
  given: Omit<Execution, 'errors' | 'reads'>,
): ExecutionResult | Promise<ExecutionResult> {
  const errors: GraphQLError[] = []
  const execution: Execution = { ...given, errors, reads: 0 }
  const failed = (error: unknown): ExecutionResult => ({ errors: [...errors, error as GraphQLError], data: null })
  const done = (data: unknown) => (errors.length === 0 ? { data } : { errors, data }) as ExecutionResult
  try {
    const run = order === 'serially' ? runSerially : runSelection
    const data = run(execution, plan.root, given.rootValue, undefined)
    return isPromise(data) ? data.then(done, failed) : done(data)
  } catch (error) {
    return failed(error)
  }
}

/** Resolves all fields of an object. */
export function runSelection(
  execution: Execution,
  selection: SelectionPlan,
  source: unknown,
  path: Path | undefined,
): unknown {
  takeObject(execution, selection)
  const results = new Results()
  const waiting: string[] = []
  try {
    for (const field of selection.fields) {
      const result = runField(execution, field, source, path)
      results[field.key] = result
      if (isPromise(result)) waiting.push(field.key)
    }
  } catch (error) {
    if (waiting.length === 0) throw error
    return failAfter(
      waiting.map((key) => results[key]),
      error,
    )
  }
  return waiting.length === 0 ? results : allOf(results, waiting)
}

async function runSerially(execution: Execution, selection: SelectionPlan, source: unknown): Promise<unknown> {
  takeObject(execution, selection)
  const results = new Results()
  for (const field of selection.fields) results[field.key] = await runField(execution, field, source, undefined)
  return results
}

function takeObject({ budget }: Execution, { fields, characters }: SelectionPlan): void {
  budget.takeValues(fields.length)
  budget.takeCharacters(characters)
}

async function allOf(results: Results, waiting: readonly string[]): Promise<unknown> {
  const [only = ''] = waiting
  if (waiting.length === 1) {
    results[only] = await results[only]
    return results
  }
  const values = await Promise.all(waiting.map((key) => results[key]))
  for (const [index, key] of waiting.entries()) results[key] = values[index]
  return results
}

function runField(execution: Execution, field: FieldPlan, source: unknown, above: Path | undefined): unknown {
  const { rootValue, contextValue, variableValues } = execution
  const path: Path = { prev: above, key: field.key, typename: field.info.parentType.name }
  const failed = (error: unknown) => fieldError(execution, error, field.info.fieldNodes, path, field.nullable)
  try {
    const { fieldName, fieldNodes, returnType, parentType, schema, fragments, operation } = field.info
    // Written out, because V8 takes microseconds to spread it.
    const info: GraphQLResolveInfo = {
      fieldName,
      fieldNodes,
      returnType,
      parentType,
      path,
      schema,
      fragments,
      rootValue,
      operation,
      variableValues,
    }
    const value = field.resolve(source, field.argumentsFrom(variableValues), contextValue, info)
    if (isPromise(value)) {
      execution.reads++
      execution.budget.takeValues(VALUES_OF_A_PROMISE)
    }
    const completed = isPromise(value)
      ? value.then((resolved) => field.complete(execution, resolved, path, info))
      : field.complete(execution, value, path, info)
    return isPromise(completed) ? completed.then(undefined, failed) : completed
  } catch (error) {
    return failed(error)
  }
}

/** Fails once everything has ended, because nothing may fail later, unnoticed. */
export async function failAfter(pending: readonly unknown[], error: unknown): Promise<never> {
  await Promise.allSettled(pending)
  throw error
}

/**
 * Records an error at a place that may be null.
 * @throws the error, for the place above, if this one may not be null or if it ends the whole operation
 */
export function fieldError(
  execution: Execution,
  error: unknown,
  nodes: readonly FieldNode[],
  path: Path,
  nullable: boolean,
): null {
  if (error instanceof ResponseTooLargeError) throw error
  const located = locatedError(error, nodes, keysOf(path))
  if (!nullable) throw located
  execution.errors.push(located)
  return null
}

function keysOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = []
  for (let at: Path | undefined = path; at; at = at.prev) keys.push(at.key)
  return keys.reverse()
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

/**
 * An object that inherits nothing, so that every name is an ordinary one. V8 handles it faster than one from
 * Object.create(null).
 */
class Results {
  [key: string]: unknown
}
Object.setPrototypeOf(Results.prototype, null)
