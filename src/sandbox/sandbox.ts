import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { AppState } from './app-state.js'
import { sandboxApps } from './apps.js'
import { controlRoutes } from './control.js'
import type { ControlledApp } from './controlled-app.js'
import { interactionRoutes } from './interactions.js'
import { type MintedGrant, type MintRequest, mintGrants } from './mint.js'
import { readInsertedPath } from './odd-answers.js'
import { notFoundPage, otherNamePage } from './pages/elsewhere-page.js'
import { FONT_PATH } from './pages/look.js'
import { createProvider, type Provider } from './provider.js'
import { resourceRoutes } from './resource.js'
import { signInRoutes } from './sign-in.js'
import { ownSigningKey } from './signing-key.js'
import { readState, StateWriter } from './state-file.js'
import { wantsPage } from './wants-page.js'

export interface SandboxOptions {
  /** the name in URLs, such as `localhost`; requests to another name get a 421 */
  hostname: string
  /** the address to listen on, such as `127.0.0.1` */
  host: string
  /** 0 for any free port */
  port: number
  /** returns the redirect URIs of the client that is registered at an app, given the app's slug */
  redirectUri: (app: string) => readonly string[]
  /** the origin under which others reach it, if a proxy is in front; by default, its own address over http */
  publicUrl?: string | undefined
  /** stands in front of pages and the control API; returns whether it answered. The protocol and the apps' APIs stay open */
  gate?: ((request: IncomingMessage, response: ServerResponse) => Promise<boolean>) | undefined
  /** the WOFF2 file that pages are set in; by default, they use the system's type */
  font?: string | undefined
  /** whether clients have random secrets instead of those that the documentation lists */
  ownSecrets?: boolean | undefined
  /** a JSON file that keeps keys, grants, tokens, sessions and behaviors across restarts; by default they're only in memory */
  stateFile?: string | undefined
}

export interface SandboxApp {
  slug: string
  name: string
  issuer: string
  clientId: string
  clientSecret: string
  signInUrl: string
  /** whether each customer has a workspace, whose name comes before the protocol's paths */
  hasWorkspaces: boolean
  /** what a person can check or uncheck; the app also knows `openid`, `email`, `profile` and `offline_access` */
  scopes: readonly { name: string; title: string; description: string }[]
  accounts: readonly { id: string; email: string; name: string }[]
}

export interface Sandbox {
  url: string
  apps: readonly SandboxApp[]
  /**
   * Makes grants with tokens at an app, without a browser, for tests and benchmarks.
   *
   * Throws if the app doesn't exist, an account name is invalid or the app doesn't know a scope.
   */
  mintGrants(app: string, request: MintRequest): Promise<MintedGrant[]>
  /** Ends every connection, including those with held responses, and writes the state file. */
  close(): Promise<void>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Longer than a client’s pauses, so that none sends a request on a connection that closes. */
const KEEP_ALIVE_MS = 75_000
const FONT_HEADERS = { 'content-type': 'font/woff2', 'cache-control': 'public, max-age=86400' }
/** The name of a customer's workspace. */
const WORKSPACE = /^\/[a-z0-9-]{1,63}(?=\/)/
/** Paths under an issuer that are pages or resources. All others belong to the protocol. */
const ownPaths = /^\/(interaction|sign-in|api)(\/|$)/
/** What programs ask for, with credentials of their own: under an issuer, after the name of a workspace if there is one. */
const PROTOCOL =
  /^(?:\/(?!interaction\/|sign-in\/)[a-z0-9-]{1,63})?\/(?:token|revoke|introspect|userinfo|jwks|\.well-known\/[a-z-]+|api\/[a-z]+)$/

/**
 * Starts the apps, each with a real authorization server, and the page that scripts them.
 *
 * Rejects with Node's own error if the address is in use, and with `UnreadableStateError` if the state file is damaged.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const saved = readState(options.stateFile)
  const signingKey = saved?.signingKey ?? (await ownSigningKey())
  const writer = new StateWriter(options.stateFile, () => {
    return { version: 1, signingKey, apps: Object.fromEntries(states.map((state) => [state.app.slug, state.save()])) }
  })
  const states = sandboxApps.map(
    (app) => new AppState(app, saved?.apps[app.slug], () => writer.changed(), options.ownSecrets),
  )

  const server = createServer()
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.listen(options.port, options.host)
  await once(server, 'listening')
  const url = options.publicUrl ?? `http://${options.hostname}:${(server.address() as AddressInfo).port}`
  const apps = states.map((state) => {
    const issuer = `${url}/${state.app.slug}`
    const provider = createProvider(issuer, state, { signingKey, redirectUris: options.redirectUri(state.app.slug) })
    return {
      issuer,
      signInUrl: `${issuer}/sign-in`,
      state,
      provider,
      mint: mintGrants.bind(undefined, provider, state),
    }
  })
  server.on('request', mount(url, apps, options))
  writer.changed()

  return {
    url,
    apps: states.map(({ app }) => ({
      slug: app.slug,
      name: app.name,
      issuer: `${url}/${app.slug}`,
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      signInUrl: `${url}/${app.slug}/sign-in`,
      hasWorkspaces: app.hasWorkspaces ?? false,
      scopes: app.scopes.map(({ name, title, description }) => ({ name, title, description })),
      accounts: app.accounts.map(({ id, email, name }) => ({ id, email, name })),
    })),
    mintGrants: async (slug, request) => {
      const app = apps.find(({ state }) => state.app.slug === slug)
      if (!app) throw new Error(`The sandbox has no app ${JSON.stringify(slug)}.`)
      return app.mint(request)
    },
    close: async () => {
      for (const { gate } of states) gate.open()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await writer.end()
    },
  }
}

interface MountedApp extends ControlledApp {
  provider: Provider
}

function mount(url: string, apps: readonly MountedApp[], { gate, font }: SandboxOptions): Handler {
  const pages = new Hono<{ Bindings: HttpBindings }>()
  pages.use(async (c, next) => {
    const origin = c.req.header('origin')
    if (origin !== undefined && origin !== url)
      return c.json({ error: 'Requests from other sites aren’t allowed.' }, 403)
    return next()
  })
  const protocols = new Map<string, { handle: Handler; hasWorkspaces: boolean }>()
  for (const { issuer, provider, state } of apps) {
    const { slug } = state.app
    protocols.set(slug, { handle: provider.callback(), hasWorkspaces: state.app.hasWorkspaces ?? false })
    pages.route(`/${slug}/interaction`, interactionRoutes(issuer, provider, state))
    pages.route(`/${slug}/sign-in`, signInRoutes(issuer, provider, state))
    pages.route(`/${slug}/api`, resourceRoutes(provider, state))
    if (state.app.hasWorkspaces) pages.route(`/${slug}/:workspace/api`, resourceRoutes(provider, state))
    pages.get(`/${slug}`, (c) => c.redirect(`${issuer}/sign-in`))
  }
  pages.route('/', controlRoutes(apps))
  if (font !== undefined) pages.get(FONT_PATH, async (c) => c.body(await readFile(font), 200, FONT_HEADERS))
  pages.notFound(async (c) => {
    if (!wantsPage(c.req.header('accept'))) return c.text('Not found.', 404, { 'cache-control': 'no-store' })
    const page = await notFoundPage(url)
    return c.body(page.body, 404, page.headers)
  })
  const showPage = getRequestListener(pages.fetch, { overrideGlobalObjects: false })
  const { host, protocol: scheme } = new URL(url)

  return (request, response) => {
    // Under another name, cookies and issuers wouldn't match, and DNS rebinding could reach the control API.
    if (request.headers.host !== host) {
      void misdirected(url, request, response)
      return
    }
    // The proxy that ends TLS is known, so what the request says about it doesn't count.
    request.headers['x-forwarded-proto'] = scheme.slice(0, -1)
    delete request.headers['x-forwarded-host']
    readInsertedPath(request)
    if (!gate || isProtocol(request)) return answer(request, response)
    gate(request, response).then(
      (answered) => {
        if (!answered) answer(request, response)
      },
      () => response.destroy(),
    )
  }

  function isProtocol({ url: path = '' }: IncomingMessage): boolean {
    const [, slug = '', rest = ''] = /^\/([^/?]+)(\/[^?]*)/.exec(path) ?? []
    return protocols.has(slug) && PROTOCOL.test(rest)
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const [, slug = '', rest = ''] = /^\/([^/?]+)(\/[^?]*)/.exec(request.url ?? '') ?? []
    const protocol = protocols.get(slug)
    const isPage = rest === '/' || ownPaths.test(rest)
    const [workspace = ''] = (protocol?.hasWorkspaces && !isPage && WORKSPACE.exec(rest)) || []
    if (!protocol || isPage || ownPaths.test(rest.slice(workspace.length))) {
      void showPage(request, response)
      return
    }
    const originalUrl = request.url ?? ''
    const path = originalUrl.slice(1 + slug.length + workspace.length)
    protocol.handle(Object.assign(request, { originalUrl, url: path }), response)
  }
}

async function misdirected(url: string, { headers }: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!wantsPage(headers.accept)) {
    response.writeHead(421, { 'content-type': 'text/plain' }).end(`This sandbox is only available at ${url}.\n`)
    return
  }
  const page = await otherNamePage(url)
  response.writeHead(421, page.headers).end(page.body)
}
