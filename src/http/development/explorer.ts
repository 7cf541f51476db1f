import { createHash } from 'node:crypto'
import { renderGraphiQL } from '@graphql-yoga/render-graphiql'
import type { GraphiQLOptions } from 'graphql-yoga'
import type { TokenConfig } from '../../config/environment.js'
import { globalId } from '../../domain/global-id.js'
import { setupIdOf, userIdOf } from '../../domain/identity/viewer.js'
import { DEVELOPMENT_ISSUER, PEOPLE, signDevelopmentToken } from './development-issuer.js'
import { backEndTabs, exampleTabs } from './example-operations.js'

const EXAMPLE_PLUGIN = 'meeting-assistant'
const EXAMPLE_CONNECTORS = { mail: 'acme-mail', calendar: 'acme-calendar', chat: 'acme-chat' }
const ROOT = '<div id="root">'
/** GraphiQL’s tabs jump away under the first click: what is left of their opening animation shows once they have focus. */
const STYLE = '<style>.graphiql-container .graphiql-tab { transform: none !important }</style>'
const PIECE_BYTES = 64 * 1024

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="28" height="28"><rect width="32" height="32" rx="8" fill="#1c2330"/><path d="M10 12v4a6 6 0 0 0 12 0v-4" fill="none" stroke="#5fd08f" stroke-width="2.5" stroke-linecap="round"/><circle cx="10" cy="10" r="3.5" fill="#fff"/><circle cx="22" cy="10" r="3.5" fill="#fff"/><circle cx="16" cy="24" r="2.5" fill="#5fd08f"/></svg>`

/** Who calls from GraphiQL, and what it opens with. */
interface Role {
  title: string
  token: string
  tabs: readonly string[]
}

/**
 * GraphiQL, signed in as a development person (`?as=ben`) or as a host's back end (`?as=key`), with examples that run as
 * they are.
 * @param apiKey undefined when there is none anymore
 */
export function createExplorer(secret: string, tokens: TokenConfig, apiKey: string | undefined) {
  function backEnd(token: string): Role {
    const [subject = '', person] = Object.entries(PEOPLE).find(([, { operator }]) => !operator) ?? []
    return {
      title: 'Patchbay — back end',
      token,
      tabs: backEndTabs({
        name: person?.name ?? '',
        subject,
        organization: person?.organization.id ?? '',
        plugin: globalId('Plugin', EXAMPLE_PLUGIN),
        connector: globalId('Connector', EXAMPLE_CONNECTORS.mail),
      }),
    }
  }

  async function signedIn(slug: string, address: URL): Promise<Role> {
    const person = PEOPLE[slug]
    if (!person) throw new RangeError(`there is no development person ${slug}`)
    const userId = userIdOf({ issuer: DEVELOPMENT_ISSUER, subject: slug, organization: person.organization.id })
    return {
      title: `Patchbay — ${person.name}, ${person.organization.name}`,
      token: await signDevelopmentToken(secret, slug, tokens),
      tabs: exampleTabs({
        name: person.name,
        others: [...Object.keys(PEOPLE).filter((other) => other !== slug), ...(apiKey ? ['key'] : [])].map(
          (other) => `${address.origin}${address.pathname}?as=${other}`,
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
    const address = new URL(request.url)
    const asked = address.searchParams.get('as') ?? ''
    const person = Object.hasOwn(PEOPLE, asked) ? asked : 'ada'
    const { title, token, tabs } = asked === 'key' && apiKey ? backEnd(apiKey) : await signedIn(person, address)
    return {
      title,
      logo: LOGO,
      favicon: `data:image/svg+xml,${encodeURIComponent(LOGO)}`,
      subscriptionsProtocol: 'WS',
      credentials: 'same-origin',
      // Every tab gets this header anew at each visit: a kept one would be expired, or another person's.
      headers: JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2),
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: false,
      defaultTabs: tabs.map((query) => ({ query })),
    }
  }
}

/**
 * GraphiQL's page, complete: nothing is loaded from elsewhere.
 *
 * Tabs are remembered per set of examples, which name the person's own ids: another person, or other examples, start
 * anew. The address stays as it is (GraphiQL would write the query into it), so it says who is signed in and nothing
 * else. In pieces, each taken when the one before was sent: to the stall watch a page of 9 MB in one piece looks like a
 * reader that does not read.
 */
export function renderExplorer(options: GraphiQLOptions): ReadableStream<Uint8Array> {
  const given = JSON.stringify(options)
  const [head, tail, ...more] = renderGraphiQL(options).split(given)
  if (head === undefined || tail === undefined || more.length > 0) {
    throw new Error('GraphiQL’s page does not hold its options where they were')
  }
  const space = createHash('sha256').update(JSON.stringify(options.defaultTabs)).digest('base64url').slice(0, 12)
  const page = `${head.replace(ROOT, `${STYLE}${ROOT}`)}{ ...${given}, onEditQuery() {}, storage: (${storageIn})(${JSON.stringify(`${space}:`)}) }${tail}`
  return inPieces(new TextEncoder().encode(page))
}

/** Runs in the browser: a part of localStorage, of which the keys begin with the prefix. */
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
