import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import WebSocket from 'ws'
import { globalId } from '../../../src/domain/global-id.js'
import type * as Client from '../../../src/web/client/index.js'
import type { Setup, Transport } from '../../../src/web/client/index.js'
import type { Browser } from '../../support/browser.js'
import { openChromium } from '../../support/chromium.js'
import { consent, PATIENCE } from '../../support/graphiql.js'
import { HOST, newUser } from '../../support/host-user.js'
import { connectorId, type Patchbay, pluginId, startPatchbay } from '../../support/patchbay.js'
import { PATIENT } from '../../support/patience.js'
import { FakeWindow } from './fake-window.js'
import { createProject, type Project } from './installed-package.js'

const MOST_BYTES = 6 * 1024
const MOST_INSTALLED_BYTES = 300_000

type AccessToken = () => Promise<string>
interface ButtonExample {
  makeConnectButton(
    button: EventTarget,
    transport: Transport,
    app: { connectorId: string; setupId: string },
    show: (line: string) => void,
  ): void
}
interface ReturnExample {
  handleReturn(transport: Transport, show: (line: string) => void): Promise<void>
}
interface FetchExample {
  createFetchTransport(url: string, accessToken: AccessToken): Transport
}
interface UrqlExample<Client> {
  createUrqlClient(url: string, accessToken: AccessToken): Client
  createUrqlTransport(client: Client): Transport
}
interface ApolloExample<Client> {
  createApolloClient(url: string, accessToken: AccessToken): Client
  createApolloTransport(client: Client): Transport
}

let project: Project
let patchbay: Patchbay
let files: string[]
let client: typeof Client

beforeAll(async () => {
  const page = await readFile(new URL('../../../docs/client.md', import.meta.url), 'utf8')
  const blocks = [...page.matchAll(/```tsx?\n(\/\/ (\S+)\n[\s\S]*?)```/g)].map(([, text = '', name = '']) => ({
    name,
    text,
  }))
  expect(blocks).toHaveLength([...page.matchAll(/```tsx?\n/g)].length)
  project = await createProject()
  for (const { name, text } of blocks) await project.write(name, text)
  files = blocks.map(({ name }) => name)
  await project.compile()
  client = project.load('patchbay/client')
  // No transport changes what the operations ask for.
  patchbay = await startPatchbay({ ...HOST, PATCHBAY_TRUSTED_DOCUMENTS_ONLY: 'users' })
}, 240_000)
afterEach(() => {
  vi.unstubAllGlobals()
})
afterAll(async () => {
  await patchbay?.close()
  await project?.[Symbol.asyncDispose]()
})

test('the package contains both entries with types, their docs and the schema, and nothing of the server', async () => {
  const entry = (name: string) => [`dist/web/client/${name}.d.ts`, `dist/web/client/${name}.js`]
  const wanted = ['LICENSE', 'README.md', 'package.json', 'schema/schema.graphql', 'trusted-documents.json']
  expect(project.packed).toEqual(expect.arrayContaining([...wanted, ...entry('index'), ...entry('react')]))
  const { dependencies, peerDependencies } = await project.manifest()
  expect({ dependencies, peerDependencies }).toEqual({ peerDependencies: { react: '>=18' } })
  expect(project.packed.filter((path) => /^(src|test)\/|\.tsx?$/.test(path) && !path.endsWith('.d.ts'))).toEqual([])
  expect(files).toEqual([
    'connect-button.ts',
    'urql.ts',
    'apollo.ts',
    'fetch.ts',
    'setup-screen.tsx',
    'handle-return.ts',
  ])
})

test(`installing it brings no other package, and less than ${MOST_INSTALLED_BYTES} bytes`, async () => {
  const { packages, bytes } = await project.brought()
  console.info(`installed: ${packages.length} package, ${bytes} bytes`)
  expect(packages).toEqual(['node_modules/patchbay'])
  expect(bytes).toBeLessThan(MOST_INSTALLED_BYTES)
})

test('its package.json is in step with the repository’s, which has the same import paths', async () => {
  const own = await project.manifest()
  const repository = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'))
  const shared = ['name', 'version', 'license', 'type', 'sideEffects', 'peerDependencies', 'peerDependenciesMeta']
  for (const name of shared) expect(own[name], name).toEqual(repository[name])
  expect(Object.keys(own.exports as object)).toEqual(expect.arrayContaining(Object.keys(repository.exports)))
})

test(
  'both paths have types for ES modules and CommonJS in Node, and its README has no dead links',
  PATIENT,
  async () => {
    const host = `
    import { connectApp, StartSetupDocument, type Transport } from 'patchbay/client'
    import { useSetup } from 'patchbay/client/react'
    export const start = (transport: Transport) => transport.execute(StartSetupDocument, { input: { pluginId: 'a' } })
    export const text: string = StartSetupDocument
    // @ts-expect-error: the input has no such field
    export const wrong = (transport: Transport) => transport.execute(StartSetupDocument, { input: { plugin: 'a' } })
    export const both = [connectApp, useSetup]`
    await project.write('host.mts', host)
    await project.write('host.cts', host)
    await project.checkForNode('host.mts', 'host.cts')
    const readme = await project.read('README.md')
    expect([...readme.matchAll(/\]\((?!https:|#)[^)]*\)/g)].map(([link]) => link)).toEqual([])
  },
)

test('its manifest has the documents that it exports', async () => {
  const documents: Record<string, string> = JSON.parse(await project.read('trusted-documents.json'))
  const exported = Object.entries(client).flatMap(([name, value]) => (name.endsWith('Document') ? [String(value)] : []))
  expect(Object.values(documents).sort()).toEqual(exported.sort())
})

test(`patchbay/client with all its exports is less than ${MOST_BYTES} bytes, minified and compressed`, async () => {
  await project.write('all.js', `export * from 'patchbay/client'`)
  const text = await project.bundle('all.js', 'production')
  const bytes = gzipSync(text, { level: 9 }).length
  console.info(`patchbay/client: ${text.length} bytes minified, ${bytes} compressed`)
  expect(bytes).toBeLessThan(MOST_BYTES)
  expect(text).not.toMatch(/\bfrom\s*["']|\bimport\b|\brequire\b/)
})

const TRANSPORTS: Record<string, (url: string, accessToken: AccessToken) => Transport> = {
  urql(url, accessToken) {
    const { createUrqlClient, createUrqlTransport } = project.load<UrqlExample<object>>('./urql.js')
    return createUrqlTransport(createUrqlClient(url, accessToken))
  },
  Apollo(url, accessToken) {
    const { createApolloClient, createApolloTransport } = project.load<ApolloExample<object>>('./apollo.js')
    return createApolloTransport(createApolloClient(url, accessToken))
  },
  fetch: (url, accessToken) => project.load<FetchExample>('./fetch.js').createFetchTransport(url, accessToken),
}

describe.each(Object.entries(TRANSPORTS))('over %s', (_name, create) => {
  test('the examples connect an app, and an open subscription sees its step turn live', async () => {
    const browser = await newUser(patchbay)
    const page = openPage(browser)
    const transport = create(`${patchbay.url}/graphql`, () => browser.patchbay.tokenFor(browser.user))

    const started = await transport.execute(client.StartSetupDocument, {
      input: { pluginId: pluginId('meeting-assistant') },
    })
    const setup = started.startSetup
    if (setup.__typename !== 'PluginSetup') throw new Error(setup.message)
    const screen = watched<Setup>((observer) => client.watchSetup(transport, setup.id, observer))
    await screen.until(({ steps }) => steps[0]?.status === 'NOT_CONNECTED')

    const button = new EventTarget()
    const lines: string[] = []
    const example = project.load<ButtonExample>('./connect-button.js')
    const app = { connectorId: connectorId('acme-mail'), setupId: setup.id }
    example.makeConnectButton(button, transport, app, (line) => lines.push(line))
    button.dispatchEvent(new Event('click'))
    await expect.poll(() => page.popup.visited, PATIENCE).toHaveLength(1)
    const [url = ''] = page.popup.visited
    await browser.deliver(await browser.consent(url, { account: 'ada-work', allow: true }))
    const { steps } = await screen.until(({ steps }) => steps[0]?.status === 'LIVE')
    expect(steps[0]).toMatchObject({ connection: { account: { label: 'ada@northwind.example' } } })
    await expect.poll(() => lines, PATIENCE).toContain('Acme Mail is connected.')
    expect(lines.slice(0, 2)).toEqual(['Opening…', 'Continue in the other window.'])
    screen.stop()

    const [id] = /[0-9a-f-]{36}/.exec(url) ?? []
    page.location.href = `${patchbay.url}/apps?patchbay_authorization=${globalId('Authorization', id ?? '')}&patchbay_status=succeeded`
    await project.load<ReturnExample>('./handle-return.js').handleReturn(transport, (line) => lines.push(line))
    await expect.poll(() => lines, PATIENCE).toContain('Acme Mail: succeeded')
    expect(page.history.replaced).toEqual([`${patchbay.url}/apps`])
  })

  test('an error from the API has its code, and a missing object ends the subscription', async () => {
    const browser = await newUser(patchbay)
    openPage(browser)
    const transport = create(`${patchbay.url}/graphql`, () => browser.patchbay.tokenFor(browser.user))
    const unknown = globalId('Authorization', '00000000-0000-4000-8000-000000000000')
    await new Promise<void>((gone) => client.watchAuthorization(transport, unknown, { next: () => {}, gone }))

    const stranger = create(`${patchbay.url}/graphql`, async () => 'no token')
    const refused = stranger.execute(client.StartSetupDocument, { input: { pluginId: pluginId('meeting-assistant') } })
    await expect(refused).rejects.toMatchObject({ name: 'ApiError', code: 'UNAUTHENTICATED' })
    let stop = () => {}
    const away = await new Promise((tell) => {
      stop = client.watchAuthorization(stranger, unknown, { next: () => {}, away: tell, gone: () => tell('gone') })
    })
    stop() // otherwise it would try forever
    expect(away).toBeInstanceOf(Error)
  })
})

const MAIN = (setupId: string) => `
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createFetchTransport } from './fetch'
import { SetupScreen } from './setup-screen'

const accessToken = async () => (await (await fetch('/development/token?as=ada')).json()).token
const transport = createFetchTransport(location.origin + '/graphql', accessToken)
createRoot(document.body).render(<StrictMode><SetupScreen transport={transport} setupId="${setupId}" /></StrictMode>)
`

test('the hooks example in Chromium, under StrictMode, connects, survives a reload midway, and cancels', {
  timeout: 60_000,
  tags: 'chromium',
}, async () => {
  const { createFetchTransport } = project.load<FetchExample>('./fetch.js')
  const transport = createFetchTransport(`${patchbay.url}/graphql`, () => patchbay.tokenFor('ada'))
  const input = { pluginId: pluginId('meeting-assistant') }
  const { startSetup } = await transport.execute(client.StartSetupDocument, { input })
  if (startSetup.__typename !== 'PluginSetup') throw new Error(startSetup.message)
  await project.write('main.tsx', MAIN(startSetup.id))
  const script = await project.bundle('main.tsx', 'development')
  await using chromium = await openChromium()
  const profile = await chromium.newContext()
  const page = await profile.newPage()
  await page.route('**/example', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<!doctype html><script type="module" src="/example.js"></script>',
    }),
  )
  await page.route('**/example.js', (route) => route.fulfill({ contentType: 'text/javascript', body: script }))
  await page.goto(`${patchbay.url}/example`)

  const opened = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Connect Acme Mail' }).click()
  const popup = await opened
  await popup.getByTestId('account-ada-work').waitFor()
  const closed = popup.waitForEvent('close')
  await consent(popup, { app: 'Acme Mail', scopes: ['mail.read', 'mail.send'] })
  await page.getByText('Acme Mail: LIVE').waitFor()
  await closed

  const second = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Connect Acme Chat' }).click()
  const abandoned = await second
  await abandoned.getByTestId('account-ada-work').waitFor()
  await page.reload()
  await page.getByText('Acme Chat: AUTHORIZING').waitFor()
  await consent(abandoned, { app: 'Acme Chat', scopes: ['chat.write'] })
  await page.getByText('Acme Chat: LIVE').waitFor()

  const third = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Connect Acme Calendar' }).click()
  const canceled = await third
  await canceled.getByTestId('account-ada-work').waitFor()
  const gone = canceled.waitForEvent('close')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await gone
  await page.getByText('Acme Calendar: NOT_CONNECTED').waitFor()
})

/** Makes this process look like a page of Patchbay's origin, as far as the examples need it. */
function openPage(browser: Browser) {
  const replaced: string[] = []
  const history = { state: null, replaced, replaceState: (_state: null, _: string, url: string) => replaced.push(url) }
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const page = Object.assign(new FakeWindow(`${patchbay.url}/apps`), {
    history,
    document,
    navigator: { userAgent: '' },
  })
  const send = globalThis.fetch
  const { jar } = browser.person
  const fetchAsPage: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers)
    if (!headers.has('authorization')) return send(input, init) // not from the page
    const url = String(input)
    headers.set('sec-fetch-site', 'same-origin')
    headers.set('cookie', await jar.getCookieString(url))
    const response = await send(url, { ...init, headers })
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, url)
    return response
  }
  vi.stubGlobal('fetch', fetchAsPage)
  vi.stubGlobal('WebSocket', WebSocket)
  vi.stubGlobal('window', page)
  return page
}

/** What a watcher reports. */
function watched<State>(watch: (observer: { next(state: State): void }) => () => void) {
  const seen: State[] = []
  const stop = watch({ next: (state) => seen.push(state) })
  return {
    stop,
    async until(fits: (state: State) => boolean): Promise<State> {
      await expect.poll(() => seen.some(fits), PATIENCE).toBe(true)
      return seen.find(fits) as State
    },
  }
}
