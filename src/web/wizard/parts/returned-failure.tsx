import { useEffect, useState } from 'react'
import { watchAuthorization } from '../../client/watch.js'
import { useWizard } from '../wizard-context.js'
import { Failure } from './connect-trouble.js'

interface Ended {
  app: string
  failure: { code: string; message: string; hint?: string | null }
}

/** Says why connecting failed if the browser just came back from a consent screen without a popup. */
export function ReturnedFailure() {
  const { transport, returned } = useWizard()
  const [authorizationId] = useState(() => returned.authorizationId)
  const [ended, setEnded] = useState<Ended | null>(null)
  useEffect(() => {
    if (!authorizationId) return
    const stop = watchAuthorization(transport, authorizationId, {
      next: ({ connector, failure }) => setEnded(failure ? { app: connector.name, failure } : null),
      gone: () => setEnded(null),
    })
    return () => {
      stop()
      // Another visit to the page has nothing to do with it.
      returned.authorizationId = null
    }
  }, [transport, authorizationId, returned])
  return ended && <Failure app={ended.app} failure={ended.failure} />
}
