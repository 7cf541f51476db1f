import { useDeferredValue, useId, useState } from 'react'
import { Link } from 'wouter'
import { type PluginCardFragment, PluginsDocument } from '../../../generated/documents/graphql.js'
import { pluginPath } from '../../../http/wizard/paths.js'
import { AppIcon } from '../parts/app-icon.js'
import { Hidden } from '../parts/hidden.js'
import { LoadFailed, Loading } from '../parts/loading.js'
import { PageHeading } from '../parts/page-heading.js'
import { SetupStatusPill } from '../parts/status-pill.js'
import { texts } from '../texts.js'
import { useLiveQuery } from '../use-live-query.js'
import { useStartSetup } from '../use-start-setup.js'

const PAGE_SIZE = 24

export function PluginsPage() {
  const [search, setSearch] = useState('')
  const [first, setFirst] = useState(PAGE_SIZE)
  const asked = useDeferredValue(search.trim())
  const { data, error, reload } = useLiveQuery(PluginsDocument, { search: asked || null, first })
  const searchId = useId()
  const plugins = data?.plugins.edges.map(({ node }) => node)
  return (
    <>
      <div className="page__top">
        <PageHeading title={texts.plugins.title}>{texts.plugins.lead}</PageHeading>
        <search className="searching">
          <label htmlFor={searchId} className="visually-hidden">
            {texts.plugins.search}
          </label>
          <input
            id={searchId}
            type="search"
            className="field"
            placeholder={texts.plugins.search}
            value={search}
            autoComplete="off"
            onChange={(event) => setSearch(event.target.value)}
          />
        </search>
      </div>
      {plugins ? (
        <>
          <p className="visually-hidden" role="status">
            {asked && texts.plugins.found(plugins.length)}
          </p>
          {plugins.length === 0 ? (
            <div className="card empty">
              <p>{asked ? texts.plugins.none(asked) : texts.plugins.empty}</p>
              {asked && (
                <button type="button" className="button" onClick={() => setSearch('')}>
                  {texts.plugins.clear}
                </button>
              )}
            </div>
          ) : (
            <ul className="plugins">
              {plugins.map((plugin) => (
                <PluginCard key={plugin.id} plugin={plugin} />
              ))}
            </ul>
          )}
          {data?.plugins.pageInfo.hasNextPage && (
            <div className="actions page__more">
              <button type="button" className="button" onClick={() => setFirst(Math.min(first + PAGE_SIZE, 100))}>
                {texts.more}
              </button>
            </div>
          )}
        </>
      ) : error ? (
        <LoadFailed onRetry={reload} />
      ) : (
        <Loading />
      )}
    </>
  )
}

function PluginCard({ plugin }: { plugin: PluginCardFragment }) {
  const { name, slug, summary, publisher, requirements, setup } = plugin
  return (
    <li className="plugin card">
      <div className="plugin__head">
        <AppIcon app={plugin} size="large" />
        <div>
          <h2>
            <Link href={pluginPath(slug)} className="plugin__link">
              {name}
            </Link>
          </h2>
          {publisher && <p className="soft small">{texts.plugins.by(publisher)}</p>}
        </div>
        {setup && <SetupStatusPill status={setup.status} />}
      </div>
      <p className="plugin__summary">{summary}</p>
      <div className="plugin__apps">
        {requirements.length === 0 ? (
          <p className="soft small">{texts.plugins.needsNothing}</p>
        ) : (
          <>
            <p className="soft small">{texts.plugins.needs}</p>
            <ul className="chips">
              {requirements.map(({ connector, optional }) => (
                <li key={connector.id} className="chip">
                  <AppIcon app={connector} size="small" />
                  {connector.name}
                  {optional && <span className="soft">({texts.plugins.optional})</span>}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      <PluginAction plugin={plugin} />
    </li>
  )
}

function PluginAction({ plugin: { id, slug, name, setup } }: { plugin: PluginCardFragment }) {
  const { start, starting, refusal } = useStartSetup()
  if (setup) {
    const { done, required } = setup.progress
    const isReady = setup.status === 'READY'
    return (
      <div className="plugin__action">
        <Link href={pluginPath(slug)} className={isReady ? 'button' : 'button button--primary'}>
          {isReady ? texts.plugins.open : setup.status === 'IN_PROGRESS' ? texts.plugins.resume : texts.plugins.repair}
          <Hidden> {name}</Hidden>
        </Link>
        {required > 0 && <p className="soft small">{texts.plugins.progress(done, required)}</p>}
      </div>
    )
  }
  return (
    <div className="plugin__action">
      <button
        type="button"
        className="button button--primary"
        aria-disabled={starting}
        onClick={() => start({ id, slug })}
      >
        {texts.plugins.start}
        <Hidden> {name}</Hidden>
      </button>
      {refusal && (
        <p className="notice notice--bad" role="alert">
          {refusal}
        </p>
      )}
    </div>
  )
}
