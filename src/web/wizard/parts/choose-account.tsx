import { useId, useState } from 'react'
import { ChooseConnectionDocument } from '../../../generated/documents/graphql.js'
import { refusalText, troubleText } from '../text-or-message.js'
import { texts } from '../texts.js'
import { useWizard } from '../wizard-context.js'
import { accountLabel } from './account-label.js'
import { useAnnounce } from './announcer.js'
import { Hidden } from './hidden.js'
import type { StepOfSetup } from './step-of-setup.js'

interface ChooseAccountProps {
  step: StepOfSetup
  setupId: string
  /** Connects another account for this step. */
  onAnother(): void
}

/** Lets the person choose which of their accounts a step uses. */
export function ChooseAccount({ step, setupId, onAnother }: ChooseAccountProps) {
  const { transport } = useWizard()
  const announce = useAnnounce()
  const selectId = useId()
  const [refusal, setRefusal] = useState<string | null>(null)
  const { connections } = step.connector
  async function choose(connectionId: string) {
    setRefusal(null)
    try {
      const { chooseConnection } = await transport.execute(ChooseConnectionDocument, {
        input: { setupId, connectionId },
      })
      if (chooseConnection.__typename !== 'PluginSetup') return setRefusal(refusalText(chooseConnection))
      announce(texts.step.chosen(accountLabel(connections.find(({ id }) => id === connectionId))))
    } catch (error) {
      setRefusal(troubleText(error))
    }
  }
  return (
    <div className="accounts">
      {(connections.length > 1 || !step.connection) && (
        <>
          <label htmlFor={selectId} className="soft small">
            {texts.step.account}
            <Hidden> {step.connector.name}</Hidden>
          </label>
          <select
            id={selectId}
            className="field field--small"
            value={step.connection?.id ?? ''}
            onChange={(event) => choose(event.target.value)}
          >
            {!step.connection && <option value="">{texts.step.chooseAccount}</option>}
            {connections.map((connection) => (
              <option key={connection.id} value={connection.id}>
                {accountLabel(connection)}
              </option>
            ))}
          </select>
        </>
      )}
      {step.connection && (
        <button type="button" className="button button--quiet button--small" onClick={onAnother}>
          {texts.step.anotherAccount}
          <Hidden> {step.connector.name}</Hidden>
        </button>
      )}
      {refusal && (
        <p className="notice notice--bad" role="alert">
          {refusal}
        </p>
      )}
    </div>
  )
}
