import { Link } from 'wouter'
import { PluginPageDocument } from '../../../generated/documents/graphql.js'
import { AppIcon } from '../parts/app-icon.js'
import { LoadFailed, Loading } from '../parts/loading.js'
import { Permissions } from '../parts/permissions.js'
import { PluginHead, type PluginOfPage } from '../parts/plugin-head.js'
import { texts } from '../texts.js'
import { useLiveQuery } from '../use-live-query.js'
import { useStartSetup } from '../use-start-setup.js'
import { NotFoundPage } from './not-found-page.js'
import { SetupPage } from './setup-page.js'

/** A plugin: what it is, until its setup is started; then the setup. */
export function PluginPage({ slug }: { slug: string }) {
  const { data, error, reload } = useLiveQuery(PluginPageDocument, { slug })
  if (!data) return error ? <LoadFailed onRetry={reload} /> : <Loading />
  const { plugin } = data
  if (!plugin) return <NotFoundPage />
  return (
    <>
      <p className="crumb">
        <Link href="/">{texts.setup.breadcrumb}</Link>
      </p>
      {plugin.setup ? (
        <SetupPage key={plugin.setup.id} plugin={plugin} setupId={plugin.setup.id} />
      ) : (
        <Introduction plugin={plugin} />
      )}
    </>
  )
}

function Introduction({ plugin }: { plugin: PluginOfPage }) {
  const { start, starting, refusal } = useStartSetup()
  return (
    <>
      <PluginHead plugin={plugin} />
      <div className="columns">
        <section className="card panel">
          <h2>{texts.plugin.skills}</h2>
          <ul className="skills">
            {plugin.skills.map(({ id, name, summary }) => (
              <li key={id} className="skill">
                <h3>{name}</h3>
                <p className="soft">{summary}</p>
              </li>
            ))}
          </ul>
        </section>
        <section className="card panel">
          <h2>{texts.plugin.apps}</h2>
          {plugin.requirements.length === 0 && <p className="soft">{texts.plugins.needsNothing}</p>}
          <ul className="skills">
            {plugin.requirements.map(({ connector, reason, optional, permissions }) => (
              <li key={connector.id} className="needed">
                <AppIcon app={connector} />
                <div>
                  <h3>
                    {connector.name} {optional && <span className="soft">({texts.plugins.optional})</span>}
                  </h3>
                  <p className="soft">{reason}</p>
                  <details className="disclosure">
                    <summary>{texts.setup.permissions}</summary>
                    <Permissions permissions={permissions} />
                  </details>
                </div>
              </li>
            ))}
          </ul>
        </section>
      </div>
      <div className="start">
        <button type="button" className="button button--primary" aria-disabled={starting} onClick={() => start(plugin)}>
          {texts.plugins.start}
        </button>
        <p className="soft small">{texts.plugin.copied}</p>
        {refusal && (
          <p className="notice notice--bad" role="alert">
            {refusal}
          </p>
        )}
      </div>
    </>
  )
}
