import { useState } from 'react'
import { Link } from 'wouter'
import { MineDocument, type MineQuery } from '../../../generated/documents/graphql.js'
import { pluginPath, WIZARD_PATHS } from '../../../http/wizard/paths.js'
import { AppIcons } from '../parts/app-icon.js'
import { Empty } from '../parts/empty.js'
import { Hidden } from '../parts/hidden.js'
import { LoadFailed, Loading } from '../parts/loading.js'
import { Markdown } from '../parts/markdown.js'
import { PageHeading } from '../parts/page-heading.js'
import { PluginIcon } from '../parts/plugin-icon.js'
import { setupAction } from '../parts/setup-action.js'
import { type Repair, repairOfApp, repairOfConnection } from '../parts/steps-in-trouble.js'
import { WaitingFor } from '../parts/waiting-for.js'
import { waitingGroups } from '../parts/waiting-groups.js'
import { texts } from '../texts.js'
import { fromNow } from '../times.js'
import { useLiveQuery } from '../use-live-query.js'

const PAGE_SIZE = 50

type Copy = MineQuery['viewer']['skills']['edges'][number]['node']

/** The person's own skills, and the apps that each one is waiting for. */
export function MinePage() {
  const [first, setFirst] = useState(PAGE_SIZE)
  const { data, error, reload } = useLiveQuery(MineDocument, { first })
  const copies = data?.viewer.skills.edges.map(({ node }) => node)
  return (
    <>
      <PageHeading title={texts.mine.title}>{texts.mine.lead}</PageHeading>
      {copies ? (
        <Plugins copies={copies} />
      ) : error ? (
        <LoadFailed error={error} onRetry={reload} />
      ) : (
        <Loading shape="rows" />
      )}
      {data?.viewer.skills.pageInfo.hasNextPage && first < 100 && (
        <div className="actions page__more">
          <button type="button" className="button" onClick={() => setFirst(100)}>
            {texts.more}
          </button>
        </div>
      )}
    </>
  )
}

function Plugins({ copies }: { copies: readonly Copy[] }) {
  if (copies.length === 0) {
    return (
      <Empty glyph="skill" title={texts.mine.empty} line={texts.mine.emptyLine}>
        <Link href={WIZARD_PATHS.plugins} className="button button--primary">
          {texts.mine.toPlugins}
        </Link>
      </Empty>
    )
  }
  const plugins = [...new Map(copies.map(({ plugin }) => [plugin.id, plugin])).values()]
  return (
    <div className="groups">
      {plugins.map((plugin) => {
        const ofPlugin = copies.filter((copy) => copy.plugin.id === plugin.id)
        const waiting = ofPlugin.some(({ ready }) => !ready) ? plugin.setup : null
        return (
          <section key={plugin.id} className="card group" aria-labelledby={plugin.id}>
            <div className="group__head">
              <PluginIcon plugin={plugin} />
              <h2 id={plugin.id}>{plugin.name}</h2>
              {waiting && (
                <Link href={pluginPath(plugin.slug)} className="button button--small">
                  {texts.setupAction[setupAction(waiting)]}
                  <Hidden> {plugin.name}</Hidden>
                </Link>
              )}
            </div>
            <ul>
              {ofPlugin.map((copy) => (
                <SkillCopy key={copy.id} copy={copy} />
              ))}
            </ul>
          </section>
        )
      })}
    </div>
  )
}

function SkillCopy({ copy }: { copy: Copy }) {
  const { name, summary, ready, waitingFor, instructions, copiedAt, pluginVersion, plugin } = copy
  const groups = waitingGroups(waitingFor, (app) => repairFor(app, plugin.setup))
  return (
    <li className="row">
      <div className="row__head">
        <div className="row__words">
          <h3>{name}</h3>
          <p className="soft">{summary}</p>
        </div>
        {ready && <span className="pill pill--good">{texts.mine.ready}</span>}
      </div>
      {waitingFor.length > 0 && (
        <div className="apps-line">
          <AppIcons apps={groups.flatMap(({ apps }) => apps)} />
          <p className="soft small">
            <WaitingFor groups={groups} />
          </p>
        </div>
      )}
      <details className="disclosure">
        <summary>
          {texts.mine.instructions}
          <Hidden> {name}</Hidden>
        </summary>
        <Markdown source={instructions} />
        <p className="soft small">{texts.mine.copied(fromNow(copiedAt), pluginVersion)}</p>
      </details>
    </li>
  )
}

/** Returns what the person does about an app that a skill waits for. Null if it isn't connected. */
function repairFor(app: Copy['waitingFor'][number], setup: Copy['plugin']['setup']): Repair | null {
  if (setup) return repairOfApp(app, setup.steps)
  return app.available && app.connection ? repairOfConnection(app.connection) : null
}
