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
import { setupAction } from './setup-action.js'
import { StartRefusal } from './start-refusal.js'
import { SetupStatusPill } from './status-pill.js'
import { wordFor } from './steps-in-trouble.js'
import { unavailableApps } from './unavailable-apps.js'
import { Unbroken } from './unbroken.js'
import { whatIsReady } from './what-is-ready.js'

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
        {setup ? <Progress setup={setup} /> : <Unavailable requirements={requirements} />}
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

/** How many required apps are connected. If all are, and an optional one isn't all right, what the person can do about it. */
function Progress({ setup }: { setup: NonNullable<PluginCardFragment['setup']> }) {
  const { more, apps } = whatIsReady(setup)
  if (wordFor(setup) === 'READY' && more !== 'whole') {
    return (
      <p className="soft small">
        <Unbroken text={texts.setup.readyLead[more](texts.list(apps))} names={apps} />
      </p>
    )
  }
  const hasOptional = setup.steps.some(({ requirement }) => requirement.optional)
  return setup.progress.required > 0 && <p className="soft small">{progressText(setup.progress, hasOptional)}</p>
}

/** The apps that can't be connected, before the person starts the setup. */
function Unavailable({ requirements }: Pick<PluginCardFragment, 'requirements'>) {
  const names = unavailableApps(requirements)
  if (names.length === 0) return null
  return (
    <p className="soft small">
      <Unbroken text={texts.plugins.unavailable(texts.list(names), names.length)} names={names} />
    </p>
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
          {texts.setupAction[setupAction(setup)]}
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
