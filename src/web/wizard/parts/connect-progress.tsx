import { useEffect, useState } from 'react'
import type { AuthorizationStatus } from '../../../generated/documents/graphql.js'
import { CancelAuthorizationDocument } from '../../../generated/documents/graphql.js'
import type { ConnectState } from '../../client/connect-app.js'
import type { useConnectApp } from '../../client/react.js'
import { troubleText } from '../text-or-message.js'
import { texts } from '../texts.js'
import { timeOfDay } from '../times.js'
import { useWizard } from '../wizard-context.js'
import { useAnnounce } from './announcer.js'
import { Unbroken } from './unbroken.js'

/** After this long without consent, the page suggests signing in to the app first. */
const HINT_AFTER_MS = 20_000
/** The deadline is shown only this long before it. */
const DEADLINE_SHOWN_MS = 120_000

export interface OpenAttempt {
  id: string
  status: AuthorizationStatus
  expiresAt: string
}

/** How far an open authorization is, whether it was started on this page or elsewhere. */
export type ConnectStage =
  | { at: 'starting' }
  | { at: 'redirecting' }
  | { at: 'waiting'; attempt: OpenAttempt; here: 'open' | 'closed' | null }
  | { at: 'checking'; attempt: OpenAttempt }

const WAITING: readonly AuthorizationStatus[] = ['PENDING', 'OPENED', 'AWAITING_CONFIRMATION', 'AWAITING_CHOICE']

/**
 * Returns how far the open authorization is, or null if there is none. This page's own authorization takes precedence
 * over the setup's latest one.
 */
export function stageOf(state: ConnectState | null, latest: OpenAttempt | null | undefined): ConnectStage | null {
  switch (state?.phase) {
    case 'starting':
    case 'redirecting':
      return { at: state.phase }
    case 'waiting':
      return { at: 'waiting', attempt: state.authorization, here: state.popup }
    case 'checking':
      return { at: 'checking', attempt: state.authorization }
  }
  if (!latest) return null
  if (latest.status === 'EXCHANGING') return { at: 'checking', attempt: latest }
  // The setup may learn that an authorization ended a moment after this page did.
  const endedHere = state && 'authorization' in state && state.authorization.id === latest.id
  return WAITING.includes(latest.status) && !endedHere ? { at: 'waiting', attempt: latest, here: null } : null
}

/** What an authorization is for. */
export type ConnectPurpose = 'connect' | 'another' | 'reconnect' | 'grant'

interface ConnectProgressProps {
  app: { name: string; signInUrl?: string | null }
  stage: ConnectStage
  connecting: ReturnType<typeof useConnectApp>
  /** Starts an authorization on this page, in addition to the one from elsewhere. */
  onConnectHere(): void
  purpose: ConnectPurpose
  /** Whether going back to the consent screen is the page's primary action. */
  isPrimary: boolean
  /** Whether its buttons are as small as those of a row. */
  isSmall?: boolean
}

/** What the person sees here while they're in the other window. An event from the server ends every one of these states. */
export function ConnectProgress(props: ConnectProgressProps) {
  const { app, stage } = props
  const announce = useAnnounce()
  const isChecking = stage.at === 'checking'
  useEffect(() => {
    if (isChecking) announce(texts.announce.checking(app.name))
  }, [isChecking, announce, app.name])
  switch (stage.at) {
    case 'starting':
      return <Busy text={texts.step.opening(app.name)} app={app.name} />
    case 'redirecting':
      return <Busy text={texts.step.leaving(app.name)} app={app.name} />
    case 'checking':
      return <Busy text={texts.step.checking(app.name)} app={app.name} />
    case 'waiting':
      return <Waiting {...props} stage={stage} />
  }
}

function Busy({ text, app }: { text: string; app: string }) {
  return (
    <p className="notice notice--info busy">
      <span className="spinner" aria-hidden="true" />
      <strong>
        <Unbroken text={text} names={[app]} />
      </strong>
    </p>
  )
}

interface WaitingProps extends ConnectProgressProps {
  stage: Extract<ConnectStage, { at: 'waiting' }>
}

function Waiting({
  app,
  stage: { attempt, here },
  connecting,
  onConnectHere,
  purpose,
  isPrimary,
  isSmall,
}: WaitingProps) {
  const { transport } = useWizard()
  const isLong = useLong(attempt.id)
  const announce = useAnnounce()
  const isChoosing = attempt.status === 'AWAITING_CHOICE'
  const [waitingHere, waitingElsewhere] = isChoosing
    ? [texts.step.choosing, texts.step.choosingElsewhere]
    : [texts.step.waiting, texts.step.waitingElsewhere[purpose]]
  const waitingFor = here ? waitingHere : waitingElsewhere
  useEffect(() => {
    if (isChoosing) announce(texts.announce.choosing(app.name))
  }, [isChoosing, announce, app.name])
  const small = isSmall ? ' button--small' : ''
  const isEnding = useEnding(attempt.expiresAt)
  const [refusal, setRefusal] = useState<string | null>(null)
  const cancel = () => {
    setRefusal(null)
    const canceled: Promise<unknown> = here
      ? connecting.cancel()
      : transport.execute(CancelAuthorizationDocument, { input: { authorizationId: attempt.id } })
    canceled.catch((error) => setRefusal(troubleText(error)))
  }
  return (
    <div className="waiting">
      <div className="notice notice--info">
        <p className="busy">
          <span className="spinner" aria-hidden="true" />
          <strong>
            <Unbroken text={waitingFor(app.name)} names={[app.name]} />
          </strong>
        </p>
        {here && <p className="small">{texts.step.closed}</p>}
        {isEnding && <p className="small">{texts.step.deadline(timeOfDay(attempt.expiresAt))}</p>}
      </div>
      <div className="waiting__actions">
        <button
          type="button"
          className={`${isPrimary ? 'button button--primary' : 'button'}${small}`}
          onClick={here ? connecting.reopen : onConnectHere}
        >
          {here ? texts.step.reopen : texts.step.continueHere}
        </button>
        <button type="button" className={`button button--quiet${small}`} onClick={cancel}>
          {texts.cancel}
        </button>
      </div>
      {refusal && (
        <p className="notice notice--warn" role="alert">
          {refusal}
        </p>
      )}
      {isLong && !isChoosing && (
        <div className="notice" role="status">
          <p>
            <Unbroken text={texts.step.signInHint(app.name)} names={[app.name]} />
          </p>
          {app.signInUrl && (
            <p>
              <a href={app.signInUrl} target="_blank" rel="noreferrer">
                {texts.step.signIn(app.name)}
              </a>
            </p>
          )}
        </div>
      )}
    </div>
  )
}

function useLong(attemptId: string): boolean {
  const [longId, setLongId] = useState<string | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setLongId(attemptId), HINT_AFTER_MS)
    return () => clearTimeout(timer)
  }, [attemptId])
  return longId === attemptId
}

function useEnding(expiresAt: string): boolean {
  const [endingAt, setEndingAt] = useState<string | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setEndingAt(expiresAt), Date.parse(expiresAt) - DEADLINE_SHOWN_MS - Date.now())
    return () => clearTimeout(timer)
  }, [expiresAt])
  return endingAt === expiresAt
}
