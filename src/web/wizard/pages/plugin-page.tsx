import { useCallback, useState } from 'react'
import { Link } from 'wouter'
import { PluginPageDocument, type PluginPageQuery } from '../../../generated/documents/graphql.js'
import { WIZARD_PATHS } from '../../../http/wizard/paths.js'
import { AppIcon } from '../parts/app-icon.js'
import { Empty } from '../parts/empty.js'
import { LoadFailed, Loading } from '../parts/loading.js'
import { Permissions } from '../parts/permissions.js'
import { PluginHead, type PluginOfPage } from '../parts/plugin-head.js'
import { blockingApps } from '../parts/unavailable-apps.js'
import { Unbroken } from '../parts/unbroken.js'
import { texts } from '../texts.js'
import { type Answer, useAnswer, useFollowing } from '../use-live-query.js'
import { useStartSetup } from '../use-start-setup.js'
import { NotFoundPage } from './not-found-page.js'
import { SetupPage } from './setup-page.js'

interface Removed {
  where: 'here' | 'elsewhere'
  /** The revision of the response that still had the setup. */
  revision: number
}

/** Introduces a plugin until its setup is started, then shows the setup. */
export function PluginPage({ slug }: { slug: string }) {
  const answer = useAnswer(PluginPageDocument, { slug })
  const { data, error, reload } = answer
  const revision = data?.viewer.revision ?? 0
  const [removed, setRemoved] = useState<Removed | null>(null)
  const onGone = useCallback(
    (where: Removed['where']) => {
      setRemoved({ where, revision })
      reload()
    },
    [revision, reload],
  )
  if (!data) return error ? <LoadFailed error={error} onRetry={reload} /> : <Loading shape="columns" />
  const { plugin } = data
  if (!plugin) return <NotFoundPage />
  return (
    <>
      <p className="crumb">
        <Link href={WIZARD_PATHS.plugins}>{texts.setup.breadcrumb}</Link>
      </p>
      {!plugin.setup ? (
        <Introduction plugin={plugin} answer={answer} removed={removed?.where} />
      ) : removed?.revision === revision ? (
        <Loading shape="columns" />
      ) : (
        <SetupPage plugin={plugin} setupId={plugin.setup.id} onGone={onGone} />
      )}
    </>
  )
}

interface IntroductionProps {
  plugin: PluginOfPage
  answer: Answer<PluginPageQuery>
  removed: Removed['where'] | undefined
}

function Introduction({ plugin, answer, removed }: IntroductionProps) {
  useFollowing(answer)
  const { start, starting, refusal } = useStartSetup()
  const blocking = blockingApps(plugin.requirements)
  return (
    <>
      <PluginHead plugin={plugin} />
      {removed && (
        <p className="notice" role="status">
          {removed === 'here' ? texts.setup.removed : texts.setup.removedElsewhere}
        </p>
      )}
      <div className="start">
        <button type="button" className="button button--primary" aria-disabled={starting} onClick={() => start(plugin)}>
          {texts.plugins.start}
        </button>
        <p className="soft small">{texts.plugin.copied}</p>
        {blocking.length > 0 && (
          <p className="notice">
            <Unbroken text={texts.plugin.unavailable(texts.list(blocking), blocking.length)} names={blocking} />
          </p>
        )}
        {refusal && (
          <p className="notice notice--bad" role="alert">
            {refusal}
          </p>
        )}
      </div>
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
          <h2>{plugin.requirements.length > 0 ? texts.plugin.apps : texts.plugin.noApps}</h2>
          {plugin.requirements.length === 0 && <Empty glyph="plug" title={texts.plugins.needsNothing} isWithin />}
          <ul className="skills">
            {plugin.requirements.map(({ connector, reason, optional, permissions }) => (
              <li key={connector.id} className="needed">
                <AppIcon app={connector} />
                <div>
                  <h3>
                    {connector.name} {optional && <span className="soft">({texts.plugins.optional})</span>}
                  </h3>
                  <p className="soft">{reason}</p>
                  {!connector.available && <p className="soft small">{texts.step.unavailable}</p>}
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
    </>
  )
}
