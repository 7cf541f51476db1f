import { useState, useSyncExternalStore } from 'react'
import { Route, Switch } from 'wouter'
import { WIZARD_PATHS } from '../../http/wizard/paths.js'
import { LostContext } from './lost.js'
import { ConnectionsPage } from './pages/connections-page.js'
import { MinePage } from './pages/mine-page.js'
import { NotFoundPage } from './pages/not-found-page.js'
import { PluginPage } from './pages/plugin-page.js'
import { PluginsPage } from './pages/plugins-page.js'
import { SignedOutPage } from './pages/signed-out-page.js'
import { Announcer } from './parts/announcer.js'
import { AwayBanner } from './parts/away-banner.js'
import { TopBar } from './parts/top-bar.js'
import { useReach } from './reach.js'
import { onTexts, texts } from './texts.js'
import { useWizard } from './wizard-context.js'

export function App() {
  const { reach } = useWizard()
  const signedOut = useReach(reach) === 'signed-out'
  const [isLost, setLost] = useState(false)
  // In another language, everything is rendered again, and what the person is doing goes on.
  useSyncExternalStore(onTexts, () => texts)
  return (
    <Announcer>
      <a className="skip" href="#content">
        {texts.skipToContent}
      </a>
      <TopBar isLost={isLost} />
      <AwayBanner />
      <main id="content" className="page">
        {signedOut ? (
          <SignedOutPage />
        ) : (
          <LostContext value={setLost}>
            <Switch>
              <Route path={WIZARD_PATHS.plugins}>
                <PluginsPage />
              </Route>
              <Route path={WIZARD_PATHS.plugin}>{({ slug }) => <PluginPage key={slug} slug={slug} />}</Route>
              <Route path={WIZARD_PATHS.mine}>
                <MinePage />
              </Route>
              <Route path={WIZARD_PATHS.connections}>
                <ConnectionsPage />
              </Route>
              <Route path={WIZARD_PATHS.connection}>{({ id }) => <ConnectionsPage shown={id} />}</Route>
              <Route>
                <NotFoundPage />
              </Route>
            </Switch>
          </LostContext>
        )}
      </main>
    </Announcer>
  )
}
