import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { GraphiQLOptions } from 'graphql-yoga'
import type { TokenConfig } from '../../config/environment.js'
import { globalId } from '../../domain/global-id.js'
import { setupIdOf, userIdOf } from '../../domain/identity/viewer.js'
import { MARK } from '../brand/mark.js'
import { GRAPHQL_PATH } from '../server/routes.js'
import { DEVELOPMENT_ISSUER, PEOPLE, signDevelopmentToken } from './development-issuer.js'
import { backEndTabs, exampleTabs } from './example-operations.js'

const EXAMPLE_PLUGIN = 'meeting-assistant'
const EXAMPLE_CONNECTORS = { mail: 'acme-mail', calendar: 'acme-calendar', chat: 'acme-chat' }
const ROOT = '<div id="root">'
/**
 * Without this, GraphiQL’s tabs move away under the first click, because the rest of their opening animation runs once
 * they have focus.
 */
const STYLE = '<style>.graphiql-container .graphiql-tab { transform: none !important }</style>'
/** GraphiQL has no documents of its own, so its requests say that they come from there. */
const EXPLORER_HEADER = 'Patchbay-Explorer'
const PIECE_BYTES = 64 * 1024

const LOGO = MARK.replace('<svg ', '<svg width="28" height="28" ')

/** Who is signed in to GraphiQL, and what it opens with. */
interface Role {
  title: string
  token: string
  tabs: readonly string[]
}

/**
 * GraphiQL, signed in as a development person (`?as=ben`) or as a host's back end (`?as=key`), with examples that run
 * without changes.
 * @param publicUrl the origin, because behind a proxy, a request doesn't tell
 * @param apiKey undefined if the key was revoked
 */
export function createExplorer(secret: string, tokens: TokenConfig, publicUrl: string, apiKey: string | undefined) {
  function backEnd(token: string): Role {
    const [subject = '', person] = Object.entries(PEOPLE).find(([, { operator }]) => !operator) ?? []
    return {
      title: 'Patchbay — back end',
      token,
      tabs: backEndTabs({
        name: person?.name ?? '',
        subject,
        organization: person?.organization.id ?? '',
        plugin: EXAMPLE_PLUGIN,
        connector: EXAMPLE_CONNECTORS.mail,
      }),
    }
  }

  async function signedIn(slug: string): Promise<Role> {
    const person = PEOPLE[slug]
    if (!person) throw new RangeError(`there is no development person ${slug}`)
    const userId = userIdOf({ issuer: DEVELOPMENT_ISSUER, subject: slug, organization: person.organization.id })
    return {
      title: `Patchbay — ${person.name}, ${person.organization.name}`,
      token: await signDevelopmentToken(secret, slug, tokens),
      tabs: exampleTabs({
        name: person.name,
        others: [...Object.keys(PEOPLE).filter((other) => other !== slug), ...(apiKey ? ['key'] : [])].map(
          (other) => `${publicUrl}${GRAPHQL_PATH}?as=${other}`,
        ),
        plugin: globalId('Plugin', EXAMPLE_PLUGIN),
        setup: globalId('PluginSetup', setupIdOf(userId, EXAMPLE_PLUGIN)),
        connectors: Object.entries(EXAMPLE_CONNECTORS).map(([alias, connector]) => ({
          alias,
          id: globalId('Connector', connector),
        })),
      }),
    }
  }

  return async (request: Request): Promise<GraphiQLOptions> => {
    const asked = new URL(request.url).searchParams.get('as') ?? ''
    const person = Object.hasOwn(PEOPLE, asked) ? asked : 'ada'
    const { title, token, tabs } = asked === 'key' && apiKey ? backEnd(apiKey) : await signedIn(person)
    return {
      title,
      logo: LOGO,
      favicon: `data:image/svg+xml,${encodeURIComponent(LOGO)}`,
      subscriptionsProtocol: 'WS',
      credentials: 'same-origin',
      // Every tab gets this header on each visit, because a stored one would be expired or belong to another person.
      headers: JSON.stringify({ Authorization: `Bearer ${token}`, [EXPLORER_HEADER]: 'GraphiQL' }, null, 2),
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: false,
      defaultTabs: tabs.map((query) => ({ query })),
    }
  }
}

/** @param extensions of an operation over a WebSocket, which has no headers of its own */
export function isFromExplorer(headers: IncomingHttpHeaders | undefined, extensions: unknown): boolean {
  const { headers: given } = (extensions ?? {}) as { headers?: Record<string, unknown> | null }
  return headers?.[EXPLORER_HEADER.toLowerCase()] !== undefined || given?.[EXPLORER_HEADER] !== undefined
}

/**
 * Renders GraphiQL's page. It is self-contained.
 *
 * Tabs are stored per set of examples, which contain the person's own ids. Another person or other examples start with
 * new tabs. The address doesn't change (GraphiQL would write the query into it), so it says only who is signed in. The
 * page is sent in pieces, each after the previous one. In one piece, 9 MB look like a stalled reader.
 */
export async function renderExplorer(options: GraphiQLOptions): Promise<ReadableStream<Uint8Array>> {
  // Loaded with the first page: it takes half a second and 47 MB.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const given = JSON.stringify(options)
  const [head, tail, ...more] = renderGraphiQL(options).split(given)
  if (head === undefined || tail === undefined || more.length > 0) {
    throw new Error('GraphiQL’s page does not hold its options where they were')
  }
  const space = createHash('sha256').update(JSON.stringify(options.defaultTabs)).digest('base64url').slice(0, 12)
  const page = `${head.replace(ROOT, `${STYLE}${ROOT}`)}{ ...${given}, onEditQuery() {}, storage: (${storageIn})(${JSON.stringify(`${space}:`)}) }${tail}`
  return inPieces(new TextEncoder().encode(page))
}

/** Runs in the browser: a part of localStorage whose keys have the prefix. */
const storageIn = `(prefix) => ({
  getItem: (key) => localStorage.getItem(prefix + key),
  setItem: (key, value) => localStorage.setItem(prefix + key, value),
  removeItem: (key) => localStorage.removeItem(prefix + key),
  get length() { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).length },
  clear: () => Object.keys(localStorage).filter((key) => key.startsWith(prefix)).forEach((key) => localStorage.removeItem(key)),
})`

function inPieces(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.subarray(at, at + PIECE_BYTES))
      at += PIECE_BYTES
      if (at >= bytes.length) controller.close()
    },
  })
}
