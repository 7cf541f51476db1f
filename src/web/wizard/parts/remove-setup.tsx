import { useState } from 'react'
import { RemoveSetupDocument, type SetupScreenSetupFragment } from '../../../generated/documents/graphql.js'
import { refusalText, troubleText } from '../text-or-message.js'
import { texts } from '../texts.js'
import { useWizard } from '../wizard-context.js'
import { Dialog } from './dialog.js'

/**
 * Asks what to do with the skills, and removes the setup.
 * @param onRemoving called before the API call, because the page can learn of the removal in several ways
 */
export function RemoveSetup({ setup, onRemoving }: { setup: SetupScreenSetupFragment; onRemoving(): void }) {
  const { transport } = useWizard()
  const [isAsking, setAsking] = useState(false)
  const [keepSkills, setKeepSkills] = useState(true)
  const [refusal, setRefusal] = useState<string | null>(null)
  async function remove() {
    try {
      onRemoving()
      const { removeSetup } = await transport.execute(RemoveSetupDocument, { input: { setupId: setup.id, keepSkills } })
      if (removeSetup.__typename !== 'Viewer') setRefusal(refusalText(removeSetup))
    } catch (error) {
      setRefusal(troubleText(error))
    }
  }
  return (
    <>
      <button type="button" className="button button--quiet button--small" onClick={() => setAsking(true)}>
        {texts.setup.remove}
      </button>
      {isAsking && (
        <Dialog
          title={texts.setup.removeTitle(setup.plugin.name)}
          names={[setup.plugin.name]}
          action={texts.setup.removeConfirm}
          isDangerous
          onConfirm={remove}
          onClose={() => setAsking(false)}
        >
          <p className="soft">{texts.setup.removeLead}</p>
          <label className="check">
            <input type="checkbox" checked={keepSkills} onChange={(event) => setKeepSkills(event.target.checked)} />
            {texts.setup.removeKeep}
          </label>
          {refusal && (
            <p className="notice notice--bad" role="alert">
              {refusal}
            </p>
          )}
        </Dialog>
      )}
    </>
  )
}
