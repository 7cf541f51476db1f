import { useDeferredValue, useId, useState } from 'react'
import { PluginsDocument } from '../../../generated/documents/graphql.js'
import { Empty } from '../parts/empty.js'
import { LoadFailed, Loading } from '../parts/loading.js'
import { firstPlugin, nextPlugin, startedFirst } from '../parts/next-plugin.js'
import { PageHeading } from '../parts/page-heading.js'
import { PluginCard } from '../parts/plugin-card.js'
import { Welcome } from '../parts/welcome.js'
import { texts } from '../texts.js'
import { useLiveQuery } from '../use-live-query.js'

const PAGE_SIZE = 24

export function PluginsPage() {
  const [search, setSearch] = useState('')
  const [first, setFirst] = useState(PAGE_SIZE)
  const asked = useDeferredValue(search.trim())
  const { data, error, reload } = useLiveQuery(PluginsDocument, { search: asked || null, first })
  const searchId = useId()
  const plugins = data && startedFirst(data.plugins.edges.map(({ node }) => node))
  const isNew = asked === '' && plugins?.every(({ setup }) => !setup)
  const suggested = plugins && firstPlugin(plugins)
  const next = plugins && nextPlugin(plugins)
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
          {isNew && suggested && <Welcome plugin={suggested} />}
          <p className="visually-hidden" role="status">
            {asked && texts.plugins.found(plugins.length)}
          </p>
          {plugins.length === 0 ? (
            <Empty
              glyph="skill"
              title={asked ? texts.plugins.none(asked) : texts.plugins.empty}
              line={asked ? texts.plugins.noneLine : texts.plugins.emptyLine}
            >
              {asked && (
                <button type="button" className="button" onClick={() => setSearch('')}>
                  {texts.plugins.clear}
                </button>
              )}
            </Empty>
          ) : (
            <ul className="plugins">
              {plugins.map((plugin) => (
                <PluginCard key={plugin.id} plugin={plugin} isPrimary={plugin === next} />
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
        <LoadFailed error={error} onRetry={reload} />
      ) : (
        <Loading shape="cards" />
      )}
    </>
  )
}
