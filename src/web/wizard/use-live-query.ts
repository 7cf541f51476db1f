import { useCallback, useEffect, useRef } from 'react'
import { type AnyVariables, useQuery } from 'urql'
import { useConnections } from '../client/react.js'
import type { Operation } from '../client/transport.js'
import { useReach } from './reach.js'
import { useWizard } from './wizard-context.js'

/** The subscription is wanted for its revision alone. */
const NO_CONNECTORS: readonly string[] = []

export interface Answer<Result> {
  data: Result | undefined
  /** Why there is no data, or none that is new. */
  error: Error | undefined
  isComing: boolean
  /** Asks again. Until the next answer the last one stays. */
  reload(): void
}

/** A query's answer; one that failed is asked for again when the server is reached. */
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
  return { data, error, isComing: fetching, reload }
}

/** Asks again whenever what the person sees has changed since the answer was given. */
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

/** A query's answer as it stands at every moment. */
export function useLiveQuery<Result extends { viewer: { revision: number } }, Variables extends AnyVariables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
): Answer<Result> {
  const answer = useAnswer(operation, variables)
  useFollowing(answer)
  return answer
}
