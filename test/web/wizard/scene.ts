import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { developmentSecrets } from '../../../src/config/development-secrets.js'
import { de } from '../../../src/web/wizard/texts/de.js'
import { en, type Texts } from '../../../src/web/wizard/texts/en.js'
import { es } from '../../../src/web/wizard/texts/es.js'
import { openChromium } from '../../support/chromium.js'
import { FEW_SCREENS, type GraphQLAnswer, type Patchbay, pluginId, startPatchbay } from '../../support/patchbay.js'
import { Elsewhere } from './elsewhere.js'
import { type Host, startHost } from './host.js'
import { Screen } from './screen.js'
import { wizardBuild } from './wizard-build.js'

/** How long to wait for a page on a busy machine. */
const PATIENCE_MS = 45_000

const CREATE_SESSION =
  'mutation ($input: CreateSetupSessionInput!) { createSetupSession(input: $input) { ... on SetupSession { token } } }'

/** What a browser may be set to, and what the wizard then says. */
export const LANGUAGES: readonly { locale: string; texts: Texts }[] = [
  { locale: 'en-US', texts: en },
  { locale: 'de-DE', texts: de },
  { locale: 'es-MX', texts: es },
]

/** Each language in each theme. */
export const LOOKS = LANGUAGES.flatMap(({ locale, texts }) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ locale, texts, colorScheme })),
)

let people = 0

/** A Patchbay with its wizard, its host, and a browser. */
export interface WizardScene extends AsyncDisposable {
  patchbay: Patchbay
  host: Host
  /** The hosts that pages sent requests to. */
  asked: ReadonlySet<string>
  /** Errors that no page should have. */
  pageErrors: readonly string[]
  /** A new user. */
  newcomer(): string
  /** Another browser of this user, to bring them into a state before a page is opened, or to change it meanwhile. */
  elsewhere(user: string): Elsewhere
  /** A signed-in user's browser, on a new device. */
  device(user: string, options?: BrowserContextOptions): Promise<BrowserContext>
  /** A page of that browser, at this path. */
  open(device: BrowserContext, path?: string, prepare?: (page: Page) => Promise<unknown>): Promise<Screen>
  /** Calls the API as this user, from elsewhere. */
  execute<T>(user: string, query: string, variables?: object): Promise<GraphQLAnswer<T>>
  /** A setup session for the meeting assistant, as a host's back end creates it. */
  sessionFor(user: string): Promise<string>
}

/** @param env more environment variables of Patchbay */
export async function startWizardScene(env: Record<string, string> = {}): Promise<WizardScene> {
  const wizardFolder = await wizardBuild()
  let patchbay: Patchbay | undefined
  const present = () => {
    if (!patchbay) throw new Error('Patchbay does not run yet')
    return patchbay
  }
  const secretOf = async () => (await developmentSecrets(present().siblingEnv.PATCHBAY_DATA ?? '')).tokenSecret
  const host = await startHost(secretOf, () => present().url)
  const urls = { PATCHBAY_WIZARD_TOKEN_URL: host.tokenUrl, PATCHBAY_WIZARD_SIGN_IN_URL: host.signInUrl }
  const started = await startPatchbay({ ...FEW_SCREENS, ...urls, ...env }, { wizardFolder })
  patchbay = started
  const chromium = await openChromium()
  const asked = new Set<string>()
  const pageErrors: string[] = []
  const note = (url: string) => {
    if (!/^(blob|data|about):/.test(url)) asked.add(new URL(url).host)
  }
  const locales = new WeakMap<BrowserContext, string>()
  const scene: WizardScene = {
    patchbay: started,
    host,
    asked,
    pageErrors,
    newcomer: () => `person-${++people}`,
    elsewhere: (user) => new Elsewhere({ url: started.url, tokenFor: host.tokenFor }, user),
    async device(user, options = {}) {
      const device = await chromium.newContext({
        viewport: { width: 1280, height: 900 },
        reducedMotion: 'reduce',
        ...options,
      })
      locales.set(device, options.locale ?? 'en-US')
      device.setDefaultTimeout(PATIENCE_MS)
      await device.addCookies([host.sessionOf(user)])
      device.on('request', (request) => note(request.url()))
      device.on('page', (page) => page.on('websocket', (socket) => note(socket.url())))
      device.on('weberror', (error) => void pageErrors.push(error.error().message))
      return device
    },
    async open(device, path = '/', prepare = async () => undefined) {
      const page = await device.newPage()
      const language = LANGUAGES.find(({ locale }) => locale === locales.get(device))
      const screen = new Screen(page, language?.texts)
      await screen.listenIn()
      await prepare(page)
      await page.goto(`${started.url}${path}`)
      return screen
    },
    async execute(user, query, variables = {}) {
      const response = await fetch(`${started.url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await host.tokenFor(user)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      })
      return response.json() as Promise<GraphQLAnswer<never>>
    },
    async sessionFor(user) {
      const input = { user: { subject: user, organization: 'northwind' }, pluginId: pluginId('meeting-assistant') }
      const response = await fetch(`${started.url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${started.instance.developmentKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query: CREATE_SESSION, variables: { input } }),
      })
      const { data } = (await response.json()) as GraphQLAnswer<{ createSetupSession: { token: string } }>
      return data.createSetupSession.token
    },
    async [Symbol.asyncDispose]() {
      await chromium.close()
      await started.close()
      await host[Symbol.asyncDispose]()
    },
  }
  return scene
}
