import { useCallback, useEffect, useRef } from 'react'
import { type AnyVariables, useQuery } from 'urql'
import { useConnections } from '../client/react.js'
import type { Operation } from '../client/transport.js'
import { useReach } from './reach.js'
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

/** Runs a query. If it failed, shows what was there before, and runs it again once the server can be reached. */
export function useAnswer<Result, Variables extends AnyVariables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
): Answer<Result> {
  const { reach } = useWizard()
  const reached = useReach(reach) === 'reached'
  const [{ data, error, fetching }, ask] = useQuery<Result, Variables>({ query: operation.toString(), variables })
  const reload = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask])
  const failed = error !== undefined
  useEffect(() => {
    if (reached && failed) reload()
  }, [reached, failed, reload])
  const kept = useKept(operation.toString() + JSON.stringify(variables), data)
  return { data: kept, error, isComing: fetching, reload }
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
