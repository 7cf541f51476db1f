import { useState } from 'react'
import { ConnectionsDocument, type ConnectionsQuery } from '../../../generated/documents/graphql.js'
import { useConnectApp } from '../../client/react.js'
import { Activity } from '../parts/activity.js'
import { AppIcon } from '../parts/app-icon.js'
import { useAskingConnect } from '../parts/ask-variables.js'
import { ConnectProgress, stageOf } from '../parts/connect-progress.js'
import { Failure, StartTrouble } from '../parts/connect-trouble.js'
import { Connection } from '../parts/connection.js'
import { Hidden } from '../parts/hidden.js'
import { LoadFailed, Loading } from '../parts/loading.js'
import { PageHeading } from '../parts/page-heading.js'
import { texts } from '../texts.js'
import { useKeptFocus } from '../use-kept-focus.js'
import { useLiveQuery } from '../use-live-query.js'
import { useWizard } from '../wizard-context.js'

const MOST_CONNECTORS = 100

type OtherApp = ConnectionsQuery['connectors']['edges'][number]['node']

/**
 * The account settings: every connection, the apps that the person can connect in advance, and the activity.
 * @param shown the id of the connection that a link points to
 */
export function ConnectionsPage({ shown }: { shown?: string }) {
  const { data, error, reload } = useLiveQuery(ConnectionsDocument, { first: MOST_CONNECTORS })
  return (
    <>
      <PageHeading title={texts.connections.title}>{texts.connections.lead}</PageHeading>
      {data ? (
        <div className="groups">
          <Connections data={data} shown={shown} />
        </div>
      ) : error ? (
        <LoadFailed onRetry={reload} />
      ) : (
        <Loading shape="rows" />
      )}
    </>
  )
}

function Connections({ data, shown }: { data: ConnectionsQuery; shown: string | undefined }) {
  const { connections, setups } = data.viewer
  const others = data.connectors.edges
    .map(({ node }) => node)
    .filter(({ available, connection }) => available && !connection)
  return (
    <>
      {connections.length === 0 ? (
        <div className="card empty">
          <p>{texts.connections.empty}</p>
        </div>
      ) : (
        <ul className="groups">
          {connections.map((connection) => (
            <Connection
              key={connection.id}
              connection={connection}
              setups={setups.filter(({ id }) => connection.setups.some((used) => used.id === id))}
              isShown={connection.id === shown}
              hasSeveral={connections.filter(({ connector }) => connector.id === connection.connector.id).length > 1}
            />
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <section className="card group" aria-labelledby="others">
          <div className="group__head">
            <div>
              <h2 id="others">{texts.connections.others}</h2>
              <p className="soft small">{texts.connections.othersLead}</p>
            </div>
          </div>
          <ul>
            {others.map((app) => (
              <Other key={app.id} app={app} />
            ))}
          </ul>
        </section>
      )}
      <Activity revision={data.viewer.revision} />
    </>
  )
}

function Other({ app }: { app: OtherApp }) {
  const { transport } = useWizard()
  const connecting = useConnectApp(transport)
  const asking = useAskingConnect(connecting, app)
  const row = useKeptFocus<HTMLLIElement>()
  const [isTried, setTried] = useState(false)
  const { state } = connecting
  const stage = stageOf(state, null)
  const failure = state?.phase === 'not-connected' ? state.authorization.failure : null
  const connect = () => {
    setTried(true)
    asking.connect({ connectorId: app.id })
  }
  return (
    <li ref={row} className="row">
      <div className="row__head">
        <div className="named">
          <AppIcon app={app} />
          <h3 tabIndex={-1} data-keep-focus>
            {app.name}
          </h3>
        </div>
        {!stage && (
          <button type="button" className="button button--small" onClick={connect}>
            {isTried && failure ? texts.step.tryAgain : texts.connections.connect}
            <Hidden> {app.name}</Hidden>
          </button>
        )}
      </div>
      {stage && <ConnectProgress app={app} stage={stage} connecting={connecting} onConnectHere={connect} />}
      {failure && <Failure failure={failure} app={app.name} />}
      <StartTrouble state={state} />
      {asking.form}
    </li>
  )
}
