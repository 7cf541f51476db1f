import type { ConnectState } from '../../client/connect-app.js'
import { texts } from '../texts.js'

/** Why connecting came to nothing, and what to do. */
export function Failure({ failure: { message, hint } }: { failure: { message: string; hint?: string | null } }) {
  return (
    <div className="notice notice--bad" role="alert">
      <strong>{message}</strong>
      {hint && <span>{hint}</span>}
    </div>
  )
}

/** Why no attempt could be started. */
export function StartTrouble({ state }: { state: ConnectState | null }) {
  if (state?.phase !== 'refused' && state?.phase !== 'unreachable') return null
  return (
    <p className="notice notice--bad" role="alert">
      {state.phase === 'refused' ? state.error.message : texts.failed.line}
    </p>
  )
}
