import { useEffect } from 'react'
import type { ConnectionCardFragment, SetupUsingFragment } from '../../../generated/documents/graphql.js'
import { pluginPath } from '../../../http/wizard/paths.js'
import { texts } from '../texts.js'
import { accountLabel } from './account-label.js'
import { useAnnounce } from './announcer.js'
import { Names } from './names.js'
import { Unbroken } from './unbroken.js'

export interface DisconnectedConnection {
  connection: ConnectionCardFragment
  /** The setups that used it. */
  setups: readonly SetupUsingFragment[]
  /** The ids of the connections that there were before. */
  before: readonly string[]
}

/** Returns whether the person has connected the app again since, so that the message is out of date. */
export function isConnectedAgain(
  { connection, before }: DisconnectedConnection,
  connections: readonly ConnectionCardFragment[],
): boolean {
  return connections.some(({ id, connector }) => connector.id === connection.connector.id && !before.includes(id))
}

interface DisconnectedProps extends Omit<DisconnectedConnection, 'before'> {
  onDismiss(): void
}

/** Says what was disconnected, what that means, and which plugins need it. Stays until the person leaves the page. */
export function Disconnected({ connection, setups, onDismiss }: DisconnectedProps) {
  const announce = useAnnounce()
  const { connector } = connection
  const account = accountLabel(connection)
  const title = texts.connections.disconnected(connector.name, account)
  useEffect(() => announce(title), [announce, title])
  return (
    <div className="notice notice--good">
      <strong>
        <Unbroken text={title} names={[connector.name, account]} />
      </strong>
      <span>
        <Unbroken
          text={texts.connections[connector.revocable ? 'disconnectedLead' : 'disconnectedLeadHere'](connector.name)}
          names={[connector.name]}
        />
      </span>
      {setups.length > 0 && (
        <span>
          {texts.connections.neededBy}{' '}
          <Names
            names={setups.map(({ plugin }) => plugin.name)}
            hrefs={setups.map(({ plugin }) => pluginPath(plugin.slug))}
            end="."
          />
        </span>
      )}
      <div className="actions">
        <button type="button" className="button button--small" onClick={onDismiss}>
          {texts.connections.dismiss}
        </button>
      </div>
    </div>
  )
}
