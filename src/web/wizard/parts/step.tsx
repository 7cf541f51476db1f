import { useEffect, useState } from 'react'
import type { SetupScreenSetupFragment } from '../../../generated/documents/graphql.js'
import { useConnectApp } from '../../client/react.js'
import { problemText } from '../text-or-message.js'
import { texts } from '../texts.js'
import { useFresh } from '../use-fresh.js'
import { useKeptFocus } from '../use-kept-focus.js'
import { useWizard } from '../wizard-context.js'
import { Account } from './account.js'
import { AppIcon } from './app-icon.js'
import { useAskingConnect } from './ask-variables.js'
import { ChooseAccount } from './choose-account.js'
import { ConnectProgress, type ConnectPurpose, stageOf } from './connect-progress.js'
import { Failure, StartTrouble } from './connect-trouble.js'
import { Glyph } from './glyph.js'
import { Hidden } from './hidden.js'
import { Permissions } from './permissions.js'
import { StepStatusPill } from './status-pill.js'
import type { StepOfSetup } from './step-of-setup.js'
import { asksForMore, isBeingConnected, needsAdministrator, repairOfConnection } from './steps-in-trouble.js'
import { Unbroken } from './unbroken.js'

interface StepProps {
  step: StepOfSetup
  setup: SetupScreenSetupFragment
  /** Whether this is the step to do next. Its permissions are shown. */
  isNext: boolean
  /** Whether the person is at this step: the one that they are connecting, otherwise the next one. */
  isCurrent: boolean
  /** Whether its action is the page's primary one. */
  isPrimary: boolean
}

/** One app of a setup: its status, and the one thing to do about it. */
export function Step({ step, setup, isNext, isCurrent, isPrimary }: StepProps) {
  const { connector, requirement, status, connection } = step
  const { transport } = useWizard()
  const connecting = useConnectApp(transport)
  const asking = useAskingConnect(connecting, connector)
  const card = useKeptFocus<HTMLLIElement>()
  const isFresh = useFresh(status === 'LIVE')
  const isAsking = asksForMore(step, setup)
  const stage = stageOf(connecting.state, isBeingConnected(step) ? step.authorization : null)
  const repairs = step.remedy === 'REAUTHORIZE' || step.remedy === 'GRANT_SCOPES'
  const triedHere = connecting.state?.phase === 'not-connected' ? connecting.state.authorization.failure : null
  const target = { connectorId: connector.id, setupId: setup.id }
  const connect = () => asking.connect(repairs && connection ? { ...target, connectionId: connection.id } : target)
  return (
    <li
      ref={card}
      className={`step${isCurrent ? ' step--current' : ''}${isFresh ? ' step--fresh' : ''}`}
      data-status={status}
    >
      <span className="step__number" aria-hidden="true">
        {status === 'LIVE' && <Glyph name="check" />}
      </span>
      <div className="step__head">
        <AppIcon app={connector} />
        <div className="step__title">
          <h3 tabIndex={-1} data-keep-focus>
            {connector.name}
          </h3>
          <p className="soft small">{connection?.status === 'LIVE' ? <LiveLine step={step} /> : requirement.reason}</p>
        </div>
        {status !== 'NOT_CONNECTED' && status !== 'AUTHORIZING' && (
          <StepStatusPill status={status} asksForMore={isAsking} />
        )}
      </div>
      {status === 'LIVE' && step.recognized && !stage && <p className="soft small">{texts.step.recognized}</p>}
      {status === 'UNAVAILABLE' && <p className="notice">{texts.step.unavailable}</p>}
      {!stage && <Trouble step={step} isAsking={isAsking} triedHere={triedHere} />}
      {stage ? (
        <ConnectProgress
          app={connector}
          stage={stage}
          connecting={connecting}
          onConnectHere={connect}
          purpose={purposeOf(step)}
          isPrimary={isPrimary}
        />
      ) : (
        <div className="actions">
          {status !== 'LIVE' && status !== 'UNAVAILABLE' && (
            <button type="button" className={isPrimary ? 'button button--primary' : 'button'} onClick={connect}>
              {actionOf(step)}
            </button>
          )}
          {offersAccounts(step) && (
            <ChooseAccount step={step} setupId={setup.id} onAnother={() => asking.connect(target)} />
          )}
        </div>
      )}
      {status !== 'UNAVAILABLE' && (
        <PermissionsOfStep
          step={step}
          isOpen={status !== 'LIVE' && (isNext || status === 'MISSING_SCOPES')}
          isAsking={isAsking}
        />
      )}
      <StartTrouble state={connecting.state} />
      {asking.form}
    </li>
  )
}

/** Returns whether the person may want another account for the step: one that they have, or a new one. */
function offersAccounts({ status, connector, connection, authorization }: StepOfSetup): boolean {
  if (status === 'LIVE' || authorization?.failure?.code === 'ACCOUNT_MISMATCH') return true
  return connector.connections.some(({ id }) => id !== connection?.id)
}

function LiveLine({ step: { connection } }: { step: StepOfSetup }) {
  const label = connection?.account?.label
  if (!label) return texts.step.connected
  const [before, after] = texts.step.connectedAs('{account}').split('{account}')
  return (
    <>
      {before}
      <Account label={label} />
      {after}
    </>
  )
}

function actionOf(step: StepOfSetup): string {
  const { remedy, connector, authorization } = step
  const isRepair = remedy === 'REAUTHORIZE' || remedy === 'GRANT_SCOPES'
  if (authorization?.failure && !isRepair && !needsAdministrator(step)) return texts.step.tryAgain
  return texts.remedy[remedy ?? 'CONNECT'](connector.name)
}

/** Returns what the step's open authorization is for. */
function purposeOf({ connection, authorization }: StepOfSetup): ConnectPurpose {
  if (!connection) return 'connect'
  return authorization?.connectionToRepair ? repairOfConnection(connection) : 'another'
}

interface OwnProps {
  step: StepOfSetup
  /** Whether the plugin only needs permissions that it hasn't asked for yet. */
  isAsking: boolean
}

interface TroubleProps extends OwnProps {
  /** Why the authorization of this page failed. */
  triedHere: Parameters<typeof Failure>[0]['failure'] | null | undefined
}

/**
 * Says what's wrong with the connection, and why the last authorization failed. Neither hides the other. A step that's live
 * shows only what the person has just tried here, such as another account.
 */
function Trouble({ step, isAsking, triedHere }: TroubleProps) {
  const { status, connector, authorization } = step
  const failure = status === 'LIVE' ? triedHere : authorization?.failure
  return (
    <>
      {isAsking ? (
        <p className="notice">
          <Unbroken text={texts.step.asksForMore(connector.name)} names={[connector.name]} />
        </p>
      ) : (
        <Problem step={step} />
      )}
      {failure && <Failure failure={failure} app={connector.name} />}
    </>
  )
}

/** Missing permissions are marked in the list below. */
function Problem({ step }: { step: StepOfSetup }) {
  const { status, connection, connector } = step
  if ((status === 'BROKEN' || status === 'EXPIRED') && connection?.problem) {
    const tone = status === 'BROKEN' ? 'notice--bad' : 'notice--warn'
    return (
      <p className={`notice ${tone}`}>
        <Unbroken
          text={problemText(connection.problem, connector.name, needsAdministrator(step) ? null : undefined)}
          names={[connector.name]}
        />
      </p>
    )
  }
  return null
}

function PermissionsOfStep({ step, isOpen, isAsking }: OwnProps & { isOpen: boolean }) {
  const { permissions } = step.requirement
  const [open, setOpen] = useState(isOpen)
  useEffect(() => setOpen(isOpen), [isOpen])
  if (permissions.length === 0) return null
  return (
    <details className="disclosure" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {texts.setup.permissions}
        <Hidden> {step.connector.name}</Hidden>
      </summary>
      <Permissions
        permissions={permissions}
        areGranted={step.connection?.status === 'LIVE'}
        missing={step.missingScopes}
        isAsking={isAsking}
      />
    </details>
  )
}
