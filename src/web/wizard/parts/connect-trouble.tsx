import { failureTone } from '../../../languages/failures/failure-tone.js'
import type { ConnectState } from '../../client/connect-app.js'
import { failureTexts, refusalText, troubleText } from '../text-or-message.js'
import { Unbroken } from './unbroken.js'

interface FailureProps {
  app: string
  failure: { code: string; message: string; hint?: string | null }
}

/** Why connecting failed, and what to do. */
export function Failure({ app, failure }: FailureProps) {
  const { message, hint } = failureTexts(failure, app)
  return (
    <div className={`notice notice--${failureTone(failure.code)}`} role="alert">
      <strong>
        <Unbroken text={message} names={[app]} />
      </strong>
      {hint && (
        <span>
          <Unbroken text={hint} names={[app]} />
        </span>
      )}
    </div>
  )
}

/** Why no authorization could be started. */
export function StartTrouble({ state }: { state: ConnectState | null }) {
  if (state?.phase !== 'refused' && state?.phase !== 'unreachable') return null
  return (
    <p className="notice notice--warn" role="alert">
      {state.phase === 'refused' ? refusalText(state.error) : troubleText(state.error)}
    </p>
  )
}
