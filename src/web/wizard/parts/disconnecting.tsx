import { useState } from 'react'
import {
  type ConnectionCardFragment,
  DisconnectDocument,
  type SetupUsingFragment,
} from '../../../generated/documents/graphql.js'
import { refusalText, troubleText } from '../text-or-message.js'
import { texts } from '../texts.js'
import { useWizard } from '../wizard-context.js'
import { accountLabel } from './account-label.js'
import { Dialog } from './dialog.js'

interface DisconnectingProps {
  connection: ConnectionCardFragment
  /** The setups that use it. */
  setups: readonly SetupUsingFragment[]
  onDisconnected(): void
  onClose(): void
}

/** Confirms a disconnect, and says what will stop working. */
export function Disconnecting({ connection, setups, onDisconnected, onClose }: DisconnectingProps) {
  const { transport } = useWizard()
  const [refusal, setRefusal] = useState<string | null>(null)
  const { connector } = connection
  async function disconnect() {
    try {
      const { disconnect } = await transport.execute(DisconnectDocument, { input: { connectionId: connection.id } })
      if (disconnect.__typename !== 'Viewer') return setRefusal(refusalText(disconnect))
      onDisconnected()
      onClose()
    } catch (error) {
      setRefusal(troubleText(error))
    }
  }
  return (
    <Dialog
      title={texts.connections.disconnectTitle(connector.name, accountLabel(connection))}
      action={texts.connections.disconnect}
      isDangerous
      onConfirm={disconnect}
      onClose={onClose}
    >
      <p className="soft">
        {texts.connections[connector.revocable ? 'disconnectLead' : 'disconnectLeadHere'](connector.name)}
      </p>
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
