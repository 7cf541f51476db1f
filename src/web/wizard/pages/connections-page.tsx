import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { ConnectionsDocument, type ConnectionsQuery } from '../../../generated/documents/graphql.js'
import { WIZARD_PATHS } from '../../../http/wizard/paths.js'
import { Activity } from '../parts/activity.js'
import { useAnnounce } from '../parts/announcer.js'
import { attemptOfRow } from '../parts/attempt-of-row.js'
import { Connection } from '../parts/connection.js'
import { inListOrder } from '../parts/connection-order.js'
import { Disconnected, type DisconnectedConnection, isConnectedAgain } from '../parts/disconnected.js'
import { Empty } from '../parts/empty.js'
import { firstToRepair } from '../parts/first-to-repair.js'
import { LoadFailed, Loading } from '../parts/loading.js'
import { OtherApp } from '../parts/other-app.js'
import { PageHeading } from '../parts/page-heading.js'
import { permissionsNeeded } from '../parts/permissions-needed.js'
import { ReturnedFailure } from '../parts/returned-failure.js'
import { texts } from '../texts.js'
import { useKeptFocus } from '../use-kept-focus.js'
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
        <Connections data={data} shown={shown} />
      ) : error ? (
        <LoadFailed error={error} onRetry={reload} />
      ) : (
        <Loading shape="rows" />
      )}
    </>
  )
}

function Connections({ data, shown }: { data: ConnectionsQuery; shown: string | undefined }) {
  const { setups, openAuthorizations } = data.viewer
  const setupsUsing = (connection: (typeof data.viewer.connections)[number]) =>
    setups.filter(({ id }) => connection.setups.some((used) => used.id === id))
  const neededFor = (connection: (typeof data.viewer.connections)[number]) =>
    permissionsNeeded(setupsUsing(connection), connection.id)
  const connections = inListOrder(data.viewer.connections, (each) => neededFor(each).lacking.length > 0)
  const pendingFor = (app: string) => openAuthorizations.find(({ connector }) => connector.id === app) ?? null
  const groups = useNews(connections)
  const [disconnected, setDisconnected] = useState<DisconnectedConnection | null>(null)
  const primary = firstToRepair(connections, neededFor)
  const others = data.connectors.edges
    .map(({ node }) => node)
    .filter(({ available, connection }) => available && !connection)
  const primaryOther = primary ? undefined : others.find(({ id }) => pendingFor(id))
  return (
    <div ref={groups} className="groups">
      <ReturnedFailure />
      {disconnected && !isConnectedAgain(disconnected, connections) && (
        <Disconnected {...disconnected} onDismiss={() => setDisconnected(null)} />
      )}
      {connections.length === 0 ? (
        <Empty glyph="plug" title={texts.connections.empty} line={texts.connections.emptyLine}>
          <Link href={WIZARD_PATHS.plugins} className={primaryOther ? 'button' : 'button button--primary'}>
            {texts.mine.toPlugins}
          </Link>
        </Empty>
      ) : (
        <ul className="card connections">
          {connections.map((connection, index) => (
            <Connection
              key={connection.id}
              connection={connection}
              setups={setupsUsing(connection)}
              pending={attemptOfRow(openAuthorizations, {
                connection,
                isFirstOfApp: connections[index - 1]?.connector.id !== connection.connector.id,
                areBeingGranted: neededFor(connection).areBeingGranted,
              })}
              isShown={connection.id === shown}
              hasSeveral={connections.filter(({ connector }) => connector.id === connection.connector.id).length > 1}
              needed={neededFor(connection)}
              isPrimary={connection === primary}
              onDisconnected={() =>
                setDisconnected({
                  connection,
                  setups: setupsUsing(connection),
                  before: connections.map(({ id }) => id),
                })
              }
            />
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <section className="card group" aria-labelledby="others">
          <div className="group__head">
            <div>
              <h2 id="others">{connections.length > 0 ? texts.connections.others : texts.connections.apps}</h2>
              <p className="soft small">{texts.connections.othersLead}</p>
            </div>
          </div>
          <ul>
            {others.map((app) => (
              <OtherApp key={app.id} app={app} pending={pendingFor(app.id)} isPrimary={app === primaryOther} />
            ))}
          </ul>
        </section>
      )}
      <Activity revision={data.viewer.revision} />
    </div>
  )
}

/**
 * Announces what changed since the last list to screen readers. If the focused row is gone, because its app is now
 * connected or no longer is, the focus moves to the new connection or to the page's title.
 * @returns the element to watch the focus in
 */
function useNews(connections: ConnectionsQuery['viewer']['connections']) {
  const announce = useAnnounce()
  const before = useRef(connections)
  const groups = useKeptFocus<HTMLDivElement>((within) => {
    const added = connections.find(({ id }) => !before.current.some((known) => known.id === id))
    const row = added && within.querySelector(`[data-connection="${CSS.escape(added.id)}"]`)
    return row ? row.querySelector<HTMLElement>('[data-keep-focus]') : document.querySelector('h1')
  })
  useEffect(() => {
    const last = before.current
    before.current = connections
    const news = connections.filter(({ id, status }) => last.find((known) => known.id === id)?.status !== status)
    const words = news.map(({ status, connector: { name } }) =>
      status === 'LIVE' ? texts.announce.live(name, null) : texts.announce.broken(name),
    )
    if (words.length > 0) announce(words.join(' '))
  }, [connections, announce])
  return groups
}
