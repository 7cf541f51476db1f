import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { failAfter, fieldError, isPromise, runSelection } from './execute-plan.js'
import type { Complete, Execution, Info, Path, SelectionPlan, SelectionPlanner } from './plan.js'

/** Prepares the completion of a field. */
export function completionOf(planner: SelectionPlanner, info: Info): Complete {
  return ofType(planner, info, info.returnType)
}

function ofType(planner: SelectionPlanner, info: Info, type: GraphQLOutputType): Complete {
  if (isNonNullType(type)) return nonNull(info, ofType(planner, info, type.ofType))
  const complete = isListType(type)
    ? list(info, type.ofType, ofType(planner, info, type.ofType))
    : isLeafType(type)
      ? leaf(type)
      : isObjectType(type)
        ? object(type, selections(planner, info))
        : abstract(planner, info, type)
  return (execution, value, path, fieldInfo) => {
    if (value == null) return null
    if (value instanceof Error) throw value
    return complete(execution, value, path, fieldInfo)
  }
}

function nonNull({ parentType, fieldName }: Info, inner: Complete): Complete {
  return (execution, value, path, info) => {
    const completed = inner(execution, value, path, info)
    if (completed === null)
      throw new Error(`Cannot return null for non-nullable field ${parentType.name}.${fieldName}.`)
    return completed
  }
}

function leaf(type: GraphQLLeafType): Complete {
  return ({ budget }, value) => {
    const serialized = type.serialize(value)
    if (serialized == null) throw new Error(`${type.name} can't represent a value that was resolved`)
    if (typeof serialized === 'string') budget.takeCharacters(serialized.length)
    else if (typeof serialized === 'object') budget.takeCharacters(JSON.stringify(serialized).length)
    return serialized
  }
}

function list({ parentType, fieldName, fieldNodes }: Info, itemType: GraphQLOutputType, inner: Complete): Complete {
  const nullable = !isNonNullType(itemType)
  return (execution, value, path, info) => {
    if (typeof value !== 'object' || !(Symbol.iterator in (value as object))) {
      throw new Error(`Expected Iterable, but did not find one for field "${parentType.name}.${fieldName}".`)
    }
    return completeItems(execution, (value as Iterable<unknown>)[Symbol.iterator](), path, info, [], false)
  }

  /** Completes the items one after another. When it is time for a pause, the others come later. */
  function completeItems(
    execution: Execution,
    items: Iterator<unknown>,
    path: Path,
    info: GraphQLResolveInfo,
    completed: unknown[],
    waits: boolean,
  ): unknown[] | Promise<unknown[]> {
    const { reads } = execution
    try {
      for (let next = items.next(); !next.done; next = items.next()) {
        const item = next.value
        execution.budget.takeValues(1)
        const itemPath = { prev: path, key: completed.length, typename: undefined }
        const failed = (error: unknown) => fieldError(execution, error, fieldNodes, itemPath, nullable)
        let result: unknown
        try {
          if (isPromise(item)) execution.reads++
          result = isPromise(item)
            ? item.then((resolved) => inner(execution, resolved, itemPath, info))
            : inner(execution, item, itemPath, info)
          if (isPromise(result)) {
            waits = true
            result = result.then(undefined, failed)
          }
        } catch (error) {
          result = failed(error)
        }
        completed.push(result)
        // Items that wait for reads are started together, so that they are read together.
        if (execution.reads === reads && execution.turn.spend(execution.budget.lately())) return pause()
      }
    } catch (error) {
      if (!waits) throw error
      return failAfter(completed, error)
    }
    return waits ? Promise.all(completed) : completed

    async function pause(): Promise<unknown[]> {
      void Promise.allSettled(completed) // what fails meanwhile is handled below
      await execution.turn.next()
      return completeItems(execution, items, path, info, completed, waits)
    }
  }
}

function object(type: GraphQLObjectType, selectionOf: (type: GraphQLObjectType) => SelectionPlan): Complete {
  return (execution, value, path) => runSelection(execution, selectionOf(type), value, path)
}

function abstract(planner: SelectionPlanner, info: Info, type: GraphQLAbstractType): Complete {
  const selectionOf = selections(planner, info)
  const resolveType = type.resolveType ?? defaultTypeResolver
  const typed = (name: unknown) => {
    const runtimeType = typeof name === 'string' ? planner.schema.getType(name) : undefined
    if (!isObjectType(runtimeType) || !planner.schema.isSubType(type, runtimeType)) {
      throw new Error(
        `${type.name} can't be ${String(name)}, as ${info.parentType.name}.${info.fieldName} was resolved`,
      )
    }
    return selectionOf(runtimeType)
  }
  return (execution, value, path, fieldInfo) => {
    const name = resolveType(value, execution.contextValue, fieldInfo, type)
    return isPromise(name)
      ? name.then((resolved) => runSelection(execution, typed(resolved), value, path))
      : runSelection(execution, typed(name), value, path)
  }
}

/** Plans the selection on each object type when the first object of that type appears. */
function selections(planner: SelectionPlanner, { fieldNodes }: Info): (type: GraphQLObjectType) => SelectionPlan {
  const planned = new Map<GraphQLObjectType, SelectionPlan>()
  return (type) => {
    const known = planned.get(type)
    if (known) return known
    const selection = planner.selection(type, fieldNodes)
    planned.set(type, selection)
    return selection
  }
}
