import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import {
  type ConnectionCardFragment,
  DisconnectDocument,
  type SetupUsingFragment,
  VerifyConnectionDocument,
} from '../../../generated/documents/graphql.js'
import { pluginPath } from '../../../http/wizard/paths.js'
import { useConnectApp } from '../../client/react.js'
import { problemText, refusalText, troubleText } from '../text-or-message.js'
import { texts } from '../texts.js'
import { dateAndTime, fromNow } from '../times.js'
import { useKeptFocus } from '../use-kept-focus.js'
import { useWizard } from '../wizard-context.js'
import { useAnnounce } from './announcer.js'
import { AppIcon } from './app-icon.js'
import { useAskingConnect } from './ask-variables.js'
import { ConnectProgress, stageOf } from './connect-progress.js'
import { Failure, StartTrouble } from './connect-trouble.js'
import { Dialog } from './dialog.js'
import { Hidden } from './hidden.js'
import { Permissions } from './permissions.js'
import { ConnectionStatusPill } from './status-pill.js'

interface ConnectionProps {
  connection: ConnectionCardFragment
  /** The setups that use it. */
  setups: readonly SetupUsingFragment[]
  /** Whether a link points to this connection. */
  isShown: boolean
  /** Whether the person has other accounts at the same app. */
  hasSeveral: boolean
}

/** One account at one app: when it was last verified, what uses it, and what the person can do with it. */
export function Connection({ connection, setups, isShown, hasSeveral }: ConnectionProps) {
  const { connector, status, problem } = connection
  const { transport } = useWizard()
  const connecting = useConnectApp(transport)
  const asking = useAskingConnect(connecting, connector)
  const card = useKeptFocus<HTMLLIElement>()
  const [isDisconnecting, setDisconnecting] = useState(false)
  const { verify, isVerifying, said } = useVerify(connection)
  useEffect(() => {
    if (isShown) card.current?.scrollIntoView({ block: 'center' })
  }, [isShown, card])
  const { state } = connecting
  const stage = stageOf(state, null)
  const failure = state?.phase === 'not-connected' ? state.authorization.failure : null
  const reconnect = () => asking.connect({ connectorId: connector.id, connectionId: connection.id })
  const label = accountOf(connection)
  return (
    <li ref={card} className={isShown ? 'card group group--shown' : 'card group'} data-status={status}>
      <div className="row">
        <div className="row__head">
          <div className="named">
            <AppIcon app={connector} />
            <div>
              <h2 tabIndex={-1} data-keep-focus>
                {connector.name}
              </h2>
              <p className="soft small">
                {label}
                {hasSeveral && connection.isDefault && ` · ${texts.connections.defaultAccount}`}
              </p>
            </div>
          </div>
          <ConnectionStatusPill status={status} />
        </div>
        {problem ? (
          <div className={status === 'BROKEN' ? 'notice notice--bad' : 'notice notice--warn'}>
            <strong>{problemText(problem, connector.name)}</strong>
            <span className="small">{texts.connections.since(dateAndTime(problem.since))}</span>
          </div>
        ) : (
          <p className="soft small">{freshness(connection)}</p>
        )}
        <UsedBy setups={setups} />
        {failure && <Failure failure={failure} app={connector.name} />}
        <StartTrouble state={state} />
        {said && (
          <p className={said.isGood ? 'notice notice--good' : 'notice notice--bad'} role="status">
            {said.text}
          </p>
        )}
        {stage ? (
          <ConnectProgress app={connector} stage={stage} connecting={connecting} onConnectHere={reconnect} />
        ) : (
          <div className="actions">
            {status !== 'LIVE' && (
              <button type="button" className="button button--primary button--small" onClick={reconnect}>
                {texts.connections.reconnect}
                <Hidden> {connector.name}</Hidden>
              </button>
            )}
            <button type="button" className="button button--small" aria-disabled={isVerifying} onClick={verify}>
              {isVerifying ? texts.connections.verifying : texts.connections.verify}
              <Hidden>
                {' '}
                {connector.name}, {label}
              </Hidden>
            </button>
            <button
              type="button"
              className="button button--danger button--small"
              onClick={() => setDisconnecting(true)}
            >
              {texts.connections.disconnect}
              <Hidden>
                {' '}
                {connector.name}, {label}
              </Hidden>
            </button>
            <button
              type="button"
              className="button button--quiet button--small"
              onClick={() => asking.connect({ connectorId: connector.id })}
            >
              {texts.connections.another}
              <Hidden> {connector.name}</Hidden>
            </button>
          </div>
        )}
        <details className="disclosure">
          <summary>
            {texts.connections.details}
            <Hidden>
              {' '}
              {connector.name}, {label}
            </Hidden>
          </summary>
          <div className="details">
            <p className="soft small">{texts.connections.connectedAt(dateAndTime(connection.connectedAt))}</p>
            {connection.accessTokenExpiresAt && status === 'LIVE' && (
              <p className="soft small">{texts.connections.renews(fromNow(connection.accessTokenExpiresAt))}</p>
            )}
            <h3 className="small">{texts.connections.allowed}</h3>
            {connection.grantedPermissions ? (
              <Permissions permissions={connection.grantedPermissions} />
            ) : (
              <p className="soft small">{texts.connections.allowedUnknown}</p>
            )}
          </div>
        </details>
      </div>
      {asking.form}
      {isDisconnecting && (
        <Disconnecting connection={connection} setups={setups} onClose={() => setDisconnecting(false)} />
      )}
    </li>
  )
}

function accountOf({ account }: ConnectionCardFragment): string {
  return account?.label ?? account?.id ?? texts.connections.unknownAccount
}

function freshness({ lastVerifiedAt }: ConnectionCardFragment): string {
  return lastVerifiedAt ? texts.connections.verified(fromNow(lastVerifiedAt)) : texts.connections.neverVerified
}

function UsedBy({ setups }: Pick<ConnectionProps, 'setups'>) {
  if (setups.length === 0) return <p className="soft small">{texts.connections.usedByNone}</p>
  return (
    <div className="named">
      <span className="soft small">{texts.connections.usedBy}</span>
      <ul className="chips">
        {setups.map(({ id, plugin }) => (
          <li key={id}>
            <Link href={pluginPath(plugin.slug)} className="chip chip--plain">
              {plugin.name}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Checks the connection with the app, and announces the result. */
function useVerify({ id, connector }: ConnectionCardFragment) {
  const { transport } = useWizard()
  const [isVerifying, setVerifying] = useState(false)
  const [said, say] = useState<{ isGood: boolean; text: string } | null>(null)
  async function verify() {
    if (isVerifying) return
    setVerifying(true)
    say(null)
    try {
      const { verifyConnection } = await transport.execute(VerifyConnectionDocument, { input: { connectionId: id } })
      if (verifyConnection.__typename !== 'ConnectedAccount')
        say({ isGood: false, text: refusalText(verifyConnection) })
      else if (verifyConnection.status === 'LIVE') {
        say({ isGood: true, text: texts.connections.verifiedNow(connector.name) })
      } else say({ isGood: false, text: texts.connections.brokenNow(connector.name) })
    } catch (error) {
      say({ isGood: false, text: troubleText(error) })
    } finally {
      setVerifying(false)
    }
  }
  return { verify, isVerifying, said }
}

/** Confirms a disconnect, and says what will stop working. */
function Disconnecting({
  connection,
  setups,
  onClose,
}: Pick<ConnectionProps, 'connection' | 'setups'> & { onClose(): void }) {
  const { transport } = useWizard()
  const announce = useAnnounce()
  const [refusal, setRefusal] = useState<string | null>(null)
  const { connector } = connection
  async function disconnect() {
    try {
      const { disconnect } = await transport.execute(DisconnectDocument, { input: { connectionId: connection.id } })
      if (disconnect.__typename !== 'Viewer') return setRefusal(refusalText(disconnect))
      announce(texts.connections.disconnected(connector.name))
      onClose()
    } catch (error) {
      setRefusal(troubleText(error))
    }
  }
  return (
    <Dialog
      title={texts.connections.disconnectTitle(connector.name, accountOf(connection))}
      action={texts.connections.disconnect}
      isDangerous
      onConfirm={disconnect}
      onClose={onClose}
    >
      <p>{texts.connections[connector.revocable ? 'disconnectLead' : 'disconnectLeadHere'](connector.name)}</p>
      {setups.length === 0 ? (
        <p className="soft">{texts.connections.impactNone}</p>
      ) : (
        <div className="notice notice--warn">
          <strong>{texts.connections.impact}</strong>
          <ul className="dialog__list">
            {setups.map(({ id, plugin }) => (
              <li key={id}>
                {texts.connections.impactSetup(plugin.name)}
                {'. '}
                {skillsUsing(plugin, connector.id)}
              </li>
            ))}
          </ul>
        </div>
      )}
      {refusal && (
        <p className="notice notice--bad" role="alert">
          {refusal}
        </p>
      )}
    </Dialog>
  )
}

function skillsUsing({ skills }: SetupUsingFragment['plugin'], connectorId: string): string | null {
  const names = skills
    .filter(({ requirements }) => requirements.some(({ connector }) => connector.id === connectorId))
    .map(({ name }) => name)
  return names.length > 0 ? `${texts.connections.impactSkills(names.join(', '))}.` : null
}
