import { returned, StartSetupDocument, type Transport } from 'patchbay/client'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { SetupPage } from './setup-page.js'
import { createAccessToken } from './token.js'
import { createTransport } from './transport.js'

/** Set by vite.config.ts. */
declare const API_URL: string

const PLUGIN_ID = `
  query PluginId($slug: String!) {
    plugin(slug: $slug) { id }
  }`

/** Starts the plugin's setup, or finds the one that the user has started before. */
async function openSetup(transport: Transport, slug: string): Promise<string> {
  const { plugin } = await transport.execute<{ plugin: { id: string } | null }, { slug: string }>(PLUGIN_ID, { slug })
  if (!plugin) throw new Error(`There’s no plugin called ${slug}.`)
  const { startSetup } = await transport.execute(StartSetupDocument, { input: { pluginId: plugin.id } })
  if (startSetup.__typename !== 'PluginSetup') throw new Error(startSetup.message)
  return startSetup.id
}

/** If the browser blocked the window, it comes back from the consent screen with parameters in the address. */
function tidyAddress(): void {
  const back = returned(window.location)
  // The setup shows the result, so there is nothing else to do.
  if (back) window.history.replaceState(window.history.state, '', back.url)
}

async function main(): Promise<void> {
  tidyAddress()
  const slug = new URLSearchParams(window.location.search).get('plugin') ?? 'meeting-assistant'
  const transport = createTransport(`${API_URL}/graphql`, createAccessToken('/patchbay-token'))
  const root = createRoot(document.getElementById('root') as HTMLElement)
  try {
    const setupId = await openSetup(transport, slug)
    root.render(
      <StrictMode>
        <SetupPage transport={transport} setupId={setupId} />
      </StrictMode>,
    )
  } catch (error) {
    root.render(<p role="alert">{error instanceof Error ? error.message : String(error)}</p>)
  }
}

void main()
