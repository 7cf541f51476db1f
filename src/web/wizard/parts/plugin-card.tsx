import { Link } from 'wouter'
import type { PluginCardFragment } from '../../../generated/documents/graphql.js'
import { pluginPath } from '../../../http/wizard/paths.js'
import { texts } from '../texts.js'
import { useStartSetup } from '../use-start-setup.js'
import { AppIcons } from './app-icon.js'
import { Hidden } from './hidden.js'
import { Names } from './names.js'
import { PluginIcon } from './plugin-icon.js'
import { progressText } from './progress.js'
import { StartRefusal } from './start-refusal.js'
import { SetupStatusPill } from './status-pill.js'
import { stepsToDo } from './steps-in-trouble.js'

interface PluginCardProps {
  plugin: PluginCardFragment
  /** Whether its action is the page's primary one. */
  isPrimary: boolean
}

/** A plugin in the list of all. The whole card leads to its page. */
export function PluginCard({ plugin, isPrimary }: PluginCardProps) {
  const { name, slug, summary, publisher, requirements, setup } = plugin
  const apps = requirements.map(({ connector }) => connector)
  return (
    <li className="plugin card">
      <div className="plugin__head">
        <PluginIcon plugin={plugin} size="large" />
        {setup && <SetupStatusPill setup={setup} />}
      </div>
      <div>
        <h2>
          <Link href={pluginPath(slug)} className="plugin__link">
            {name}
          </Link>
        </h2>
        {publisher && <p className="soft small">{texts.plugins.by(publisher)}</p>}
      </div>
      <div className="plugin__words">
        <p className="soft">{summary}</p>
        {setup && setup.progress.required > 0 && <p className="soft small">{progressText(setup.progress)}</p>}
      </div>
      {apps.length > 0 ? (
        <div className="apps-line plugin__apps">
          <AppIcons apps={apps} />
          <p className="soft small">
            <Hidden>{texts.plugins.needs} </Hidden>
            <Names
              names={requirements.map(({ connector, optional }) =>
                optional ? texts.plugins.optionalApp(connector.name) : connector.name,
              )}
            />
          </p>
        </div>
      ) : (
        <p className="apps-line plugin__apps soft small">{texts.plugins.needsNothing}</p>
      )}
      <PluginAction plugin={plugin} isPrimary={isPrimary} />
    </li>
  )
}

function PluginAction({ plugin, isPrimary }: PluginCardProps) {
  const { id, slug, name, setup } = plugin
  const { start, starting, refusal } = useStartSetup()
  const look = isPrimary ? 'button button--primary' : 'button'
  if (setup) {
    return (
      <div className="plugin__action">
        <Link href={pluginPath(slug)} className={look}>
          {stepsToDo(setup).length > 0 ? texts.setupAction.continue : texts.setupAction.open}
          <Hidden> {name}</Hidden>
        </Link>
      </div>
    )
  }
  return (
    <div className="plugin__action">
      <button type="button" className={look} aria-disabled={starting} onClick={() => start({ id, slug })}>
        {texts.plugins.start}
        <Hidden> {name}</Hidden>
      </button>
      <StartRefusal refusal={refusal} />
    </div>
  )
}
