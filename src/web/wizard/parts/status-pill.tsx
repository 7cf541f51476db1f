import type { ConnectionStatus, SetupStatus, StepStatus } from '../../../generated/documents/graphql.js'
import { texts } from '../texts.js'

const SETUP_TONES: Record<SetupStatus, string> = { IN_PROGRESS: '', READY: 'pill--good', NEEDS_ATTENTION: 'pill--warn' }
const STEP_TONES: Record<StepStatus, string> = {
  NOT_CONNECTED: '',
  AUTHORIZING: 'pill--info',
  LIVE: 'pill--good',
  MISSING_SCOPES: 'pill--warn',
  EXPIRED: 'pill--warn',
  BROKEN: 'pill--bad',
  UNAVAILABLE: '',
}
const CONNECTION_TONES: Record<ConnectionStatus, string> = {
  LIVE: 'pill--good',
  EXPIRED: 'pill--warn',
  BROKEN: 'pill--bad',
}

export function SetupStatusPill({ status }: { status: SetupStatus }) {
  return <span className={`pill ${SETUP_TONES[status]}`}>{texts.setupStatus[status]}</span>
}

/** @param asksForMore whether the plugin needs permissions that no one has asked for yet */
export function StepStatusPill({ status, asksForMore }: { status: StepStatus; asksForMore: boolean }) {
  if (asksForMore) return <span className="pill">{texts.step.needsPermissions}</span>
  return <span className={`pill ${STEP_TONES[status]}`}>{texts.stepStatus[status]}</span>
}

export function ConnectionStatusPill({ status }: { status: ConnectionStatus }) {
  return <span className={`pill ${CONNECTION_TONES[status]}`}>{texts.connections.status[status]}</span>
}
