import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { ConnectionCardFragment, SetupUsingFragment } from '../../../generated/documents/graphql.js'
import { pluginPath } from '../../../http/wizard/paths.js'
import { useConnectApp } from '../../client/react.js'
import { problemText } from '../text-or-message.js'
import { texts } from '../texts.js'
import { dateAndTime } from '../times.js'
import { useKeptFocus } from '../use-kept-focus.js'
import { useVerify } from '../use-verify.js'
import { useWizard } from '../wizard-context.js'
import { Account } from './account.js'
import { accountLabel } from './account-label.js'
import { AppIcon } from './app-icon.js'
import { useAskingConnect } from './ask-variables.js'
import { ConnectProgress, type ConnectPurpose, type OpenAttempt, stageOf } from './connect-progress.js'
import { Failure, StartTrouble } from './connect-trouble.js'
import { ConnectionDetails } from './connection-details.js'
import { Disconnecting } from './disconnecting.js'
import { Hidden } from './hidden.js'
import { Menu, type MenuItem } from './menu.js'
import type { PermissionsNeeded } from './permissions-needed.js'
import { ConnectionStatusPill } from './status-pill.js'
import { isForAdministrator } from './steps-in-trouble.js'
import { Unbroken } from './unbroken.js'

interface ConnectionProps {
  connection: ConnectionCardFragment
  /** The setups that use it. */
  setups: readonly SetupUsingFragment[]
  /** The open authorization that the row shows, wherever it was started. */
  pending: (OpenAttempt & { connectionToRepair?: { id: string } | null }) | null
  /** Whether a link points to this connection. */
  isShown: boolean
  /** Whether the person has other accounts at the same app. */
  hasSeveral: boolean
  /** What it lacks for these setups. */
  needed: PermissionsNeeded<SetupUsingFragment>
  /** Whether repairing it is the page's primary action. */
  isPrimary: boolean
  /** Called when the person has disconnected it. */
  onDisconnected(): void
}

/** One account at one app, as a row: its status, what uses it, and a menu with everything that the person can do. */
export function Connection(props: ConnectionProps) {
  const { connection, setups, pending, isShown, hasSeveral, needed, isPrimary, onDisconnected } = props
  const { connector, status, problem } = connection
  const { transport } = useWizard()
  const connecting = useConnectApp(transport)
  const asking = useAskingConnect(connecting, connector)
  const row = useKeptFocus<HTMLLIElement>()
  const [isDisconnecting, setDisconnecting] = useState(false)
  const [isDetailed, setDetailed] = useState(isShown)
  const { verify, isVerifying, said } = useVerify(connection)
  useEffect(() => {
    if (isShown) row.current?.scrollIntoView({ block: 'center' })
  }, [isShown, row])
  const { state } = connecting
  const isLacking = needed.lacking.length > 0
  const stage = stageOf(state, pending)
  const failure = state?.phase === 'not-connected' ? state.authorization.failure : null
  const isUnavailable = connection.remedy === 'ASK_OPERATOR'
  const advice = isUnavailable ? texts.step.unavailable : isForAdministrator(failure) ? null : undefined
  const repair = () => asking.connect({ connectorId: connector.id, connectionId: connection.id })
  const label = accountLabel(connection)
  const actions: MenuItem[] = [
    { label: texts.connections.verify, glyph: 'pulse', onChoose: verify },
    isLacking
      ? { label: texts.remedy.GRANT_SCOPES(), glyph: 'key', onChoose: repair }
      : { label: texts.connections.reconnect, glyph: 'refresh', onChoose: repair },
    {
      label: texts.connections.another,
      glyph: 'plus',
      onChoose: () => asking.connect({ connectorId: connector.id }),
    },
    {
      label: isDetailed ? texts.connections.hideDetails : texts.connections.details,
      glyph: 'info',
      onChoose: () => setDetailed(!isDetailed),
    },
    {
      label: texts.connections.disconnect,
      glyph: 'unplug',
      isDangerous: true,
      onChoose: () => setDisconnecting(true),
    },
  ]
  return (
    <li
      ref={row}
      className={isShown ? 'connection connection--shown' : 'connection'}
      data-status={status}
      data-connection={connection.id}
    >
      <div className="connection__row">
        <AppIcon app={connector} />
        <div className="connection__name">
          <div className="connection__app">
            <h2 tabIndex={-1} data-keep-focus>
              {connector.name}
            </h2>
            {hasSeveral && connection.isDefault && <span className="badge">{texts.connections.defaultAccount}</span>}
          </div>
          <p className="soft small">
            <Account label={label} />
          </p>
        </div>
        <UsedBy setups={setups} lacking={needed.lacking} />
        <span className="connection__status">
          <ConnectionStatusPill status={status} needed={needed} />
        </span>
        <Menu label={texts.connections.actions(connector.name, label)} items={actions} />
      </div>
      <div className="connection__more">
        {problem && !stage && (
          <div className={status === 'BROKEN' ? 'notice notice--bad' : 'notice notice--warn'}>
            <span>
              <Unbroken text={problemText(problem, connector.name, advice)} names={[connector.name]} />
            </span>
            <span className="small">{texts.connections.since(dateAndTime(problem.since))}</span>
          </div>
        )}
        {failure && <Failure failure={failure} app={connector.name} />}
        <StartTrouble state={state} />
        {isVerifying && <p className="soft small">{texts.connections.verifying}</p>}
        {said && (
          // What the problem above already says is only announced.
          <p className={classOf(said.isGood, problem !== null)} role="status">
            <Unbroken text={said.text} names={[connector.name]} />
          </p>
        )}
        {stage ? (
          <ConnectProgress
            app={connector}
            stage={stage}
            connecting={connecting}
            onConnectHere={repair}
            purpose={purposeOf(connection, pending, isLacking)}
            isPrimary={isPrimary}
            isSmall
          />
        ) : (
          (status !== 'LIVE' || isLacking) &&
          !isUnavailable && (
            <div className="actions">
              <button
                type="button"
                className={
                  isPrimary && !isForAdministrator(failure)
                    ? 'button button--primary button--small'
                    : 'button button--small'
                }
                onClick={repair}
                aria-label={isLacking ? undefined : texts.remedy.REAUTHORIZE(connector.name)}
              >
                {isLacking ? texts.remedy.GRANT_SCOPES() : texts.connections.reconnect}
                {isLacking && <Hidden> {connector.name}</Hidden>}
              </button>
            </div>
          )
        )}
        {isDetailed && <ConnectionDetails connection={connection} />}
      </div>
      {asking.form}
      {isDisconnecting && (
        <Disconnecting
          connection={connection}
          setups={setups}
          hasSeveral={hasSeveral}
          onDisconnected={onDisconnected}
          onClose={() => setDisconnecting(false)}
        />
      )}
    </li>
  )
}

/** Returns what the open authorization that the row shows is for. */
function purposeOf(
  { status }: ConnectionCardFragment,
  pending: ConnectionProps['pending'],
  isLacking: boolean,
): ConnectPurpose {
  if (isLacking) return 'grant'
  return status === 'LIVE' && !pending?.connectionToRepair ? 'another' : 'reconnect'
}

/** The plugins that use a connection. If only some of them need permissions, it says which. */
function UsedBy({ setups, lacking }: Pick<ConnectionProps, 'setups'> & Pick<ConnectionProps['needed'], 'lacking'>) {
  if (setups.length === 0) return <p className="connection__used soft small">{texts.connections.usedByNone}</p>
  return (
    <div className="connection__used soft small">
      <p>{texts.connections.usedBy}</p>{' '}
      <ul>
        {setups.map((setup, index) => {
          const { id, plugin } = setup
          const comma = index < setups.length - 1 && ','
          const isNamed = lacking.length < setups.length && lacking.includes(setup)
          return (
            <li key={id}>
              <span className="name">
                <Link href={pluginPath(plugin.slug)}>{plugin.name}</Link>
                {/* Longer than the line, it breaks anywhere but before the bracket. */}
                {isNamed && `\u00a0(${texts.connections.lacksPermissions})`}
                {comma}
              </span>{' '}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function classOf(isGood: boolean, isProblemShown: boolean): string {
  if (isGood) return 'notice notice--good'
  return isProblemShown ? 'visually-hidden' : 'notice notice--warn'
}
