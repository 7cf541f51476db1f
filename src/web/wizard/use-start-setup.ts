import { useState } from 'react'
import { useLocation } from 'wouter'
import { StartSetupDocument } from '../../generated/documents/graphql.js'
import { pluginPath } from '../../http/wizard/paths.js'
import { refusalText, troubleText } from './text-or-message.js'
import { useWizard } from './wizard-context.js'

/** Starts a plugin's setup, or continues an existing one, and opens it. */
export function useStartSetup() {
  const { transport } = useWizard()
  const [path, navigate] = useLocation()
  const [starting, setStarting] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)
  async function start(plugin: { id: string; slug: string }) {
    if (starting) return
    setStarting(true)
    setRefusal(null)
    try {
      const { startSetup } = await transport.execute(StartSetupDocument, { input: { pluginId: plugin.id } })
      if (startSetup.__typename !== 'PluginSetup') return setRefusal(refusalText(startSetup))
      // On the plugin's own page, going back leads to where the person came from.
      const setupPath = pluginPath(plugin.slug)
      navigate(setupPath, { replace: path === setupPath })
    } catch (error) {
      setRefusal(troubleText(error))
    } finally {
      setStarting(false)
    }
  }
  return { start, starting, refusal }
}
