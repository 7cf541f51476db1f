import type { ConnectState } from '../../client/connect-app.js'
import { failureTexts, refusalText } from '../text-or-message.js'
import { texts } from '../texts.js'
import { Unbroken } from './unbroken.js'

interface FailureProps {
  app: string
  failure: { code: string; message: string; hint?: string | null }
}

/** Someone may be trying to deceive the person. Everything else is a normal end, or can be tried again. */
const ALARMING = ['ISSUER_MISMATCH', 'CONFIRMED_BY_ANOTHER_USER']
/** What the person did, or has to do somewhere else. Nothing is wrong. */
const CALM = [
  'DENIED_BY_USER',
  'DEADLINE_PASSED',
  'INTERRUPTED',
  'INTERACTION_REQUIRED',
  'APPROVAL_PENDING',
  'APPROVAL_GRANTED',
  'NO_CODE_RECEIVED',
]

/** Why connecting failed, and what to do. */
export function Failure({ app, failure }: FailureProps) {
  const { message, hint } = failureTexts(failure, app)
  return (
    <div className={`notice ${toneOf(failure.code)}`} role="alert">
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

function toneOf(code: string): string {
  if (ALARMING.includes(code)) return 'notice--bad'
  return CALM.includes(code) ? 'notice--calm' : 'notice--warn'
}

/** Why no authorization could be started. */
export function StartTrouble({ state }: { state: ConnectState | null }) {
  if (state?.phase !== 'refused' && state?.phase !== 'unreachable') return null
  return (
    <p className="notice notice--warn" role="alert">
      {state.phase === 'refused' ? refusalText(state.error) : texts.failed.line}
    </p>
  )
}
