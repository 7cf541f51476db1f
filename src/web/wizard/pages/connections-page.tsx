import { Link } from 'wouter'
import {
  ConnectionsDocument,
  type ConnectionsQuery,
  type SetupUsingFragment,
} from '../../../generated/documents/graphql.js'
import { WIZARD_PATHS } from '../../../http/wizard/paths.js'
import { Activity } from '../parts/activity.js'
import { type OpenAttempt, stageOf } from '../parts/connect-progress.js'
import { Connection } from '../parts/connection.js'
import { inListOrder } from '../parts/connection-order.js'
import { Empty } from '../parts/empty.js'
import { LoadFailed, Loading } from '../parts/loading.js'
import { OtherApp } from '../parts/other-app.js'
import { PageHeading } from '../parts/page-heading.js'
import { ReturnedFailure } from '../parts/returned-failure.js'
import { texts } from '../texts.js'
import { useLiveQuery } from '../use-live-query.js'

const MOST_CONNECTORS = 100

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
  const { setups } = data.viewer
  const connections = inListOrder(data.viewer.connections)
  const firstBroken = connections.find(({ status }) => status !== 'LIVE')
  const others = data.connectors.edges
    .map(({ node }) => node)
    .filter(({ available, connection }) => available && !connection)
  return (
    <>
      <ReturnedFailure />
      {connections.length === 0 ? (
        <Empty glyph="plug" title={texts.connections.empty} line={texts.connections.emptyLine}>
          <Link href={WIZARD_PATHS.plugins} className="button button--primary">
            {texts.mine.toPlugins}
          </Link>
        </Empty>
      ) : (
        <ul className="card connections">
          {connections.map((connection) => (
            <Connection
              key={connection.id}
              connection={connection}
              setups={setups.filter(({ id }) => connection.setups.some((used) => used.id === id))}
              pending={openAttemptFor(connection.connector.id, setups)}
              isShown={connection.id === shown}
              hasSeveral={connections.filter(({ connector }) => connector.id === connection.connector.id).length > 1}
              isPrimary={connection === firstBroken}
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
              <OtherApp key={app.id} app={app} pending={openAttemptFor(app.id, setups)} />
            ))}
          </ul>
        </section>
      )}
      <Activity revision={data.viewer.revision} />
    </>
  )
}

/** Returns the app's open authorization, of the setups that need the app. The API lists no others. */
function openAttemptFor(connectorId: string, setups: readonly SetupUsingFragment[]): OpenAttempt | null {
  const steps = setups.flatMap(({ steps }) => steps).filter(({ connector }) => connector.id === connectorId)
  return steps.map(({ authorization }) => authorization).find((attempt) => attempt && stageOf(null, attempt)) ?? null
}
