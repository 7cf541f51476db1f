import { useCallback, useEffect, useRef } from 'react'
import { type AnyVariables, useQuery } from 'urql'
import { useConnections } from '../client/react.js'
import type { Operation } from '../client/transport.js'
import { useReach } from './reach.js'
import { plainError } from './urql-transport.js'
import { useKept } from './use-kept.js'
import { useWizard } from './wizard-context.js'

/** Watches no connectors, because only the revision is needed. */
const NO_CONNECTORS: readonly string[] = []

export interface Answer<Result> {
  data: Result | undefined
  /** Why there is no data, or no newer data. */
  error: Error | undefined
  isComing: boolean
  /** Runs the query again. The current data stays until the response arrives. */
  reload(): void
}

/** After a failure, a query waits for this long, plus or minus half of it, and twice as long each time. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/**
 * Runs a query. If it failed, shows what was there before, and runs it again once the server can be reached. If it fails
 * although the server can be reached, it waits before each further try, so that pages don't flood a server in trouble.
 */
export function useAnswer<Result, Variables extends AnyVariables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
): Answer<Result> {
  const { reach } = useWizard()
  const reached = useReach(reach) === 'reached'
  const [{ data, error, fetching }, ask] = useQuery<Result, Variables>({ query: operation.toString(), variables })
  const reload = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask])
  const failed = error !== undefined
  const tries = useRef(0)
  useEffect(() => {
    if (fetching) return
    if (!failed || !reached) {
      tries.current = 0
      return
    }
    const timer = setTimeout(reload, pauseBefore(tries.current))
    tries.current++
    return () => clearTimeout(timer)
  }, [reached, failed, fetching, reload])
  const kept = useKept(operation.toString() + JSON.stringify(variables), data)
  return { data: kept, error: error && plainError(error), isComing: fetching, reload }
}

/** Returns how long to wait before a query runs again, in ms. The first time, it doesn't wait. */
function pauseBefore(tries: number): number {
  if (tries === 0) return 0
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)) * (0.5 + Math.random())
}

/** Runs the query again whenever the viewer's revision is newer than that of the response. */
export function useFollowing({ data, isComing, reload }: Answer<{ viewer: { revision: number } }>): void {
  const { transport } = useWizard()
  const { revision = 0 } = useConnections(transport, NO_CONNECTORS)
  const askedFor = useRef(0)
  const has = data?.viewer.revision ?? Number.POSITIVE_INFINITY
  useEffect(() => {
    if (isComing || revision <= has || askedFor.current === revision) return
    askedFor.current = revision
    reload()
  }, [revision, has, isComing, reload])
}

/** Returns a query's result, always up to date. */
export function useLiveQuery<Result extends { viewer: { revision: number } }, Variables extends AnyVariables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
): Answer<Result> {
  const answer = useAnswer(operation, variables)
  useFollowing(answer)
  return answer
}
