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
import { impactOf } from './disconnect-impact.js'
import { Unbroken } from './unbroken.js'

interface DisconnectingProps {
  connection: ConnectionCardFragment
  /** The setups that use it. */
  setups: readonly SetupUsingFragment[]
  /** Whether the person has other accounts at the same app. */
  hasSeveral: boolean
  onDisconnected(): void
  onClose(): void
}

/** Confirms a disconnect, and says what will stop working. */
export function Disconnecting({ connection, setups, hasSeveral, onDisconnected, onClose }: DisconnectingProps) {
  const { transport } = useWizard()
  const [refusal, setRefusal] = useState<string | null>(null)
  const { connector } = connection
  const account = accountLabel(connection)
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
      title={texts.connections.disconnectTitle(connector.name, account)}
      names={[connector.name, account]}
      action={texts.connections.disconnect}
      isDangerous
      onConfirm={disconnect}
      onClose={onClose}
    >
      <p className="soft">
        <Unbroken
          text={texts.connections[connector.revocable ? 'disconnectLead' : 'disconnectLeadHere'](connector.name)}
          names={[connector.name]}
        />
      </p>
      {setups.length === 0 ? (
        <p className="soft">{texts.connections.impactNone}</p>
      ) : (
        <div className="notice notice--warn">
          <strong>{texts.connections.impact}</strong>
          {setups.map((setup) => (
            <Impact key={setup.id} setup={setup} connection={connection} hasSeveral={hasSeveral} />
          ))}
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

interface ImpactProps extends Pick<DisconnectingProps, 'connection' | 'hasSeveral'> {
  setup: SetupUsingFragment
}

/** What changes for one plugin, and which of its skills stop. */
function Impact({ setup, connection, hasSeveral }: ImpactProps) {
  const { name } = setup.plugin
  const { isRequired, stopping } = impactOf(setup, connection)
  const { impactSetup, impactSkills, impactOther, impactOtherSkills, impactOptional, impactOptionalSkills } =
    texts.connections
  const required = hasSeveral ? ([impactOther, impactOtherSkills] as const) : ([impactSetup, impactSkills] as const)
  const [alone, before] = isRequired ? required : [impactOptional, impactOptionalSkills]
  const count = stopping.length
  return (
    <>
      <p>
        <Unbroken text={count === 0 ? alone(name) : before(name, count)} names={[name]} />
      </p>
      {count > 0 && (
        <ul className="dialog__list">
          {stopping.map((skill) => (
            <li key={skill}>{skill}</li>
          ))}
        </ul>
      )}
    </>
  )
}
