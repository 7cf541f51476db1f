import { useEffect, useState } from 'react'
import { useQuery } from 'urql'
import {
  ActivityDocument,
  type ActivityKind,
  type ActivityQuery,
  type ActivityQueryVariables,
  NamesDocument,
  type NamesQuery,
} from '../../../generated/documents/graphql.js'
import { problemEvent } from '../text-or-message.js'
import { texts } from '../texts.js'
import { dateAndTime, dayName, timeOfDay } from '../times.js'
import { useKept } from '../use-kept.js'
import { Account } from './account.js'
import { type ActivityEntry, activityDays } from './activity-days.js'
import { Empty } from './empty.js'
import { Glyph, type GlyphName } from './glyph.js'

const PAGE_SIZE = 10

const PICTURES: Record<ActivityKind, { glyph: GlyphName; tone: 'plain' | 'good' | 'warn' | 'bad' }> = {
  SETUP_STARTED: { glyph: 'flag', tone: 'plain' },
  SETUP_REMOVED: { glyph: 'trash', tone: 'plain' },
  AUTHORIZATION_STARTED: { glyph: 'clock', tone: 'plain' },
  AUTHORIZATION_DENIED: { glyph: 'dash', tone: 'plain' },
  AUTHORIZATION_FAILED: { glyph: 'alert', tone: 'warn' },
  AUTHORIZATION_EXPIRED: { glyph: 'clock', tone: 'plain' },
  AUTHORIZATION_CANCELED: { glyph: 'cross', tone: 'plain' },
  CONNECTED: { glyph: 'plug', tone: 'good' },
  REAUTHORIZED: { glyph: 'plug', tone: 'good' },
  CONNECTION_CHOSEN: { glyph: 'swap', tone: 'plain' },
  CONNECTION_REFRESHED: { glyph: 'refresh', tone: 'plain' },
  CONNECTION_EXPIRED: { glyph: 'clock', tone: 'warn' },
  CONNECTION_BROKEN: { glyph: 'alert', tone: 'bad' },
  TOKEN_ISSUED: { glyph: 'key', tone: 'plain' },
  DISCONNECTED: { glyph: 'unplug', tone: 'plain' },
}

type Entry = ActivityQuery['viewer']['activity']['edges'][number]['node']
type Edges = ActivityQuery['viewer']['activity']['edges']

/**
 * Shows what happened by day, latest first. Older entries stay when new ones arrive.
 * @param revision the viewer's revision: when it grows, something happened
 */
export function Activity({ revision }: { revision: number }) {
  const [after, setAfter] = useState<string | null>(null)
  const [older, setOlder] = useState<Edges>([])
  const [{ data: loaded }, askLatest] = useActivity(null)
  const latest = useKept('activity', loaded)
  const [{ data: page }] = useActivity(after)
  const names = useNames()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision means that there may be new entries
  useEffect(() => askLatest({ requestPolicy: 'network-only' }), [revision, askLatest])

  const edges = unique([
    ...(latest?.viewer.activity.edges ?? []),
    ...older,
    ...(after ? (page?.viewer.activity.edges ?? []) : []),
  ])
  const end = after ? page?.viewer.activity.pageInfo : latest?.viewer.activity.pageInfo
  return (
    <section className="card group" aria-labelledby="activity">
      <div className="group__head">
        <div>
          <h2 id="activity">{texts.activity.title}</h2>
          <p className="soft small">{texts.activity.lead}</p>
        </div>
      </div>
      {edges.length === 0 ? (
        latest ? (
          <Empty glyph="pulse" title={texts.activity.empty} isWithin />
        ) : (
          <p className="soft row">{texts.loading}</p>
        )
      ) : (
        activityDays(edges.map(({ cursor, node }) => ({ ...node, cursor }))).map(({ date, entries }) => (
          <div key={date} className="day">
            <h3 className="day__date small">{dayName(date)}</h3>
            <ol>
              {entries.map((entry) => (
                <li key={entry.cursor} className="event">
                  <span className={`event__icon event__icon--${PICTURES[entry.kind].tone}`}>
                    <Glyph name={PICTURES[entry.kind].glyph} />
                  </span>
                  <p>{wordsOf(entry, names)}</p>
                  <time dateTime={entry.at} title={dateAndTime(entry.at)} className="soft small">
                    {timeOfDay(entry.at)}
                  </time>
                </li>
              ))}
            </ol>
          </div>
        ))
      )}
      {end?.hasNextPage && (
        <div className="row">
          <button
            type="button"
            className="button button--small"
            onClick={() => {
              setOlder(edges)
              setAfter(end.endCursor ?? null)
            }}
          >
            {texts.more}
          </button>
        </div>
      )}
    </section>
  )
}

const activity = ActivityDocument.toString()
const namesDocument = NamesDocument.toString()

function useActivity(after: string | null) {
  return useQuery<ActivityQuery, ActivityQueryVariables>({ query: activity, variables: { first: PAGE_SIZE, after } })
}

function unique(edges: Edges): Edges {
  return [...new Map(edges.map((edge) => [edge.cursor, edge])).values()]
}

/** Returns the names of plugins and apps by slug. Activity stores slugs, because names can change. */
function useNames(): (slug: string) => string {
  const [{ data: loaded }] = useQuery<NamesQuery>({ query: namesDocument })
  const data = useKept('names', loaded)
  const nodes = [...(data?.connectors.edges ?? []), ...(data?.plugins.edges ?? [])].map(({ node }) => node)
  const names = new Map(nodes.map(({ slug, name }) => [slug, name]))
  return (slug) => names.get(slug) ?? slug
}

/** What happened to a connection is said as on its row. */
function sentenceOf({ kind, detail, isRepair }: ActivityEntry<Entry>): string {
  const { repair } = texts.activity
  if (kind === 'AUTHORIZATION_FAILED' && detail === 'ACCOUNT_MISMATCH') return texts.activity.otherAccount
  if (isRepair && Object.hasOwn(repair, kind)) return repair[kind as keyof typeof repair]
  if (kind === 'REAUTHORIZED' && detail === 'PERMISSIONS_ADDED') return texts.activity.permissionsAdded
  const isProblem = kind === 'CONNECTION_EXPIRED' || kind === 'CONNECTION_BROKEN'
  return (isProblem && problemEvent(detail, '{name}')) || texts.activity.kind[kind]
}

function wordsOf(entry: ActivityEntry<Entry>, names: (slug: string) => string) {
  const { connectorSlug, pluginSlug, accountLabel, apiKeyName } = entry
  const about = connectorSlug ?? pluginSlug
  const [before, after] = sentenceOf(entry).split('{name}')
  return (
    <>
      {before}
      <strong>{about && names(about)}</strong>
      {after}
      {apiKeyName && ` ${texts.activity.issuedTo(apiKeyName)}`}
      {accountLabel && (
        <span className="event__account soft small">
          <Account label={accountLabel} />
        </span>
      )}
    </>
  )
}
