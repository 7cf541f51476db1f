import type { ConnectState } from '../../client/connect-app.js'
import { failureTexts } from '../text-or-message.js'
import { texts } from '../texts.js'

interface FailureProps {
  app: string
  failure: { code: string; message: string; hint?: string | null }
}

/** Why connecting failed, and what to do. */
export function Failure({ app, failure }: FailureProps) {
  const { message, hint } = failureTexts(failure, app)
  return (
    <div className="notice notice--bad" role="alert">
      <strong>{message}</strong>
      {hint && <span>{hint}</span>}
    </div>
  )
}

/** Why no authorization could be started. */
export function StartTrouble({ state }: { state: ConnectState | null }) {
  if (state?.phase !== 'refused' && state?.phase !== 'unreachable') return null
  return (
    <p className="notice notice--bad" role="alert">
      {state.phase === 'refused' ? state.message : texts.failed.line}
    </p>
  )
}
