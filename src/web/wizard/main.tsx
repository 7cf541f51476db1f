import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'
import '@fontsource-variable/inter/index.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/parts.css'
import './styles/shell.css'
import './styles/pages.css'
import './styles/connections.css'
import './styles/setup.css'
import './styles/touch.css'
import { returned } from '../client/returned.js'
import { App } from './app.js'
import { hostReturnTo, reportHeight } from './framed.js'
import { applyLanguage } from './language.js'
import { createLiveLink } from './live-link.js'
import { readPageConfig } from './page-config.js'
import { personOf } from './people.js'
import { createReach } from './reach.js'
import { createSignedFetch } from './signed-fetch.js'
import { applyTheme, keptTheme } from './theme.js'
import { createTokenSource } from './token-source.js'
import { createUrqlClient, createUrqlTransport } from './urql-transport.js'
import { type Wizard, WizardContext } from './wizard-context.js'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root element.')
applyTheme(keptTheme())
reportHeight()

const back = returned(location)
if (back) history.replaceState(history.state, '', back.url)

const config = readPageConfig(document)
const person = personOf(config)
const reach = createReach()
const tokenUrl = new URL(config.tokenUrl, location.href)
if (person) tokenUrl.searchParams.set('as', person)
const kept = new Map<string, unknown>()
const tokens = createTokenSource(tokenUrl.href, () => {
  kept.clear() // someone else may sign in
  reach.set('signed-out')
})
const url = new URL('/graphql', location.href)
const live = createLiveLink({ url, tokens, onReached: (reached) => reach.set(reached ? 'reached' : 'away') })
const client = createUrqlClient(url, createSignedFetch(tokens), live)

const wizard: Wizard = {
  config,
  transport: createUrqlTransport(client),
  reach,
  person,
  returned: { authorizationId: back?.authorizationId ?? null },
  returnTo: hostReturnTo(location),
  kept,
}

const page = createRoot(root)
applyLanguage(config).then(() =>
  page.render(
    <StrictMode>
      <Provider value={client}>
        <WizardContext value={wizard}>
          <App />
        </WizardContext>
      </Provider>
    </StrictMode>,
  ),
)
