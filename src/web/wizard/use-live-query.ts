import { useCallback, useEffect, useRef } from 'react'
import { type AnyVariables, useQuery } from 'urql'
import { useConnections } from '../client/react.js'
import type { Operation } from '../client/transport.js'
import { useReach } from './reach.js'
import { useWizard } from './wizard-context.js'

/** The subscription is wanted for its revision alone. */
const NO_CONNECTORS: readonly string[] = []

interface LiveQuery<Result> {
  data: Result | undefined
  /** Why there is no data, or none that is new. */
  error: Error | undefined
  reload(): void
}

/**
 * A query that is asked again whenever what the person sees has changed since it was answered, and when the server is
 * reached again. Until the next answer the last one stays.
 */
export function useLiveQuery<Result extends { viewer: { revision: number } }, Variables extends AnyVariables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
): LiveQuery<Result> {
  const { transport, reach } = useWizard()
  const { revision = 0 } = useConnections(transport, NO_CONNECTORS)
  const reached = useReach(reach) === 'reached'
  const [{ data, error, fetching }, ask] = useQuery<Result, Variables>({ query: operation.toString(), variables })
  const askedFor = useRef(0)
  const reload = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask])

  const has = data?.viewer.revision ?? 0
  useEffect(() => {
    if (fetching || data === undefined || revision <= has || askedFor.current === revision) return
    askedFor.current = revision
    reload()
  }, [revision, has, fetching, data, reload])

  const failed = error !== undefined
  useEffect(() => {
    if (reached && failed) reload()
  }, [reached, failed, reload])

  return { data, error, reload }
}
