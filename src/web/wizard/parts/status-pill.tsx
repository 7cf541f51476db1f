import type { ConnectionStatus, StepStatus } from '../../../generated/documents/graphql.js'
import { texts } from '../texts.js'
import type { PermissionsNeeded } from './permissions-needed.js'
import { type SetupToName, type SetupWord, wordFor } from './steps-in-trouble.js'

const SETUP_TONES: Record<SetupWord, string> = {
  IN_PROGRESS: '',
  READY: 'pill--good',
  NEEDS_ATTENTION: 'pill--warn',
  NEEDS_PERMISSIONS: '',
  UNAVAILABLE: '',
}
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

export function SetupStatusPill({ setup }: { setup: SetupToName }) {
  const word = wordFor(setup)
  return <span className={`pill ${SETUP_TONES[word]}`}>{texts.setupStatus[word]}</span>
}

/** @param asksForMore whether the plugin needs permissions that no one has asked for yet */
export function StepStatusPill({ status, asksForMore }: { status: StepStatus; asksForMore: boolean }) {
  if (asksForMore) return <span className="pill">{texts.setupStatus.NEEDS_PERMISSIONS}</span>
  return <span className={`pill ${STEP_TONES[status]}`}>{texts.stepStatus[status]}</span>
}

interface ConnectionStatusPillProps {
  status: ConnectionStatus
  /** What the connection lacks for the setups that use it. */
  needed: Pick<PermissionsNeeded<unknown>, 'lacking' | 'areWithheld'>
}

export function ConnectionStatusPill({ status, needed }: ConnectionStatusPillProps) {
  if (needed.lacking.length > 0) {
    return <StepStatusPill status="MISSING_SCOPES" asksForMore={!needed.areWithheld} />
  }
  return <span className={`pill ${CONNECTION_TONES[status]}`}>{texts.connections.status[status]}</span>
}
