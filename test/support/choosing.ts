import { Browser, type StartedAuthorization } from './browser.js'
import { type AttemptSeen, attemptOf, configureConnector, mutate, openConsent, withParameters } from './connecting.js'
import { answers, type HostileServer } from './hostile-server.js'
import type { Patchbay, PersonName } from './patchbay.js'

type AuthorizeInput = Omit<Parameters<Browser['authorize']>[0], 'connector'>

export interface Site {
  id: string
  name: string
}

export const SITES: readonly Site[] = [
  { id: 'S1', name: 'Northwind' },
  { id: 'S2', name: 'Contoso' },
]

/** Configures the connector `sites` of an app whose tokens are for several sites. */
export async function configureSites(patchbay: Patchbay, { url }: HostileServer, settings: object = {}): Promise<void> {
  await configureConnector(patchbay, 'sites', {
    authorizationUrl: `${url}/authorize`,
    tokenUrl: `${url}/token`,
    revocationUrl: `${url}/revoke`,
    identity: { url: `${url}/me`, idPath: 'sub', labelPaths: ['email'] },
    lookup: { url: `${url}/sites`, choices: { idPath: 'id', labelPaths: ['name'] } },
    metadata: {
      siteId: { from: 'lookup', path: 'id', identifies: true },
      siteName: { from: 'lookup', path: 'name', shown: true },
    },
    ...settings,
  })
}

/** What the app answers from now on: whose token it is, and which sites it is for. */
export function answerWith(
  app: HostileServer,
  {
    sites = SITES,
    token = 'an-access-token',
    account = 'U1',
  }: { sites?: unknown; token?: string; account?: string } = {},
): void {
  const refresh = { refresh_token: `refresh-${token}`, expires_in: 3_600 }
  app.on('/token', answers({ access_token: token, token_type: 'Bearer', ...refresh }))
  app.on('/me', answers({ sub: account, email: `${account}@app.example` }))
  app.on('/sites', answers(sites))
  app.on('/revoke', answers({}))
}

/** An authorization whose consent came back, and the browser in which it did. */
export interface Consented {
  browser: Browser
  attempt: StartedAuthorization
  callbackUrl: string
  response: Response
  seen: AttemptSeen
  page: string
}

/** Starts an authorization of the connector `sites`, and comes back from the app's consent screen. */
export async function consentToSites(
  patchbay: Patchbay,
  input: AuthorizeInput = {},
  person: PersonName = 'ada',
): Promise<Consented> {
  const browser = new Browser(patchbay, person)
  const attempt = await browser.authorize({ connector: 'sites', ...input })
  const { state, redirectUri } = await openConsent(browser, attempt)
  const callbackUrl = withParameters(redirectUri, { state, code: 'a-code' })
  const response = await browser.person.open(callbackUrl)
  const seen = await attemptOf(patchbay, person, attempt.id)
  return { browser, attempt, callbackUrl, response, seen, page: attempt.url }
}

/** Presses a button of the page that lists the choices. */
export function pressChoice(
  { browser, attempt }: Pick<Consented, 'browser' | 'attempt'>,
  id: string,
): Promise<Response> {
  return browser.person.open(`${attempt.url}/choice`, { method: 'POST', body: new URLSearchParams({ choice: id }) })
}

/** Returns the ids and labels that a page of Patchbay lists. */
export function choicesOn(html: string): string[][] {
  return [...html.matchAll(/<button[^>]* name="choice" value="([^"]*)"><bdi>(.*?)<\/bdi>/g)].map(
    ([, ...texts]) => texts,
  )
}

/** Chooses through the API. */
export function chooseAccount(patchbay: Patchbay, person: PersonName, authorizationId: string, choiceId: string) {
  const selection = '... on Authorization { status failure { code } connection { id account { id label } } }'
  return mutate<{ status?: string }>(patchbay, person, 'chooseAccount', { authorizationId, choiceId }, selection)
}

/** The tokens that the app was asked to revoke. */
export function revokedAt(app: HostileServer): (string | null)[] {
  return app.requests.filter(({ path }) => path === '/revoke').map(({ body }) => body.get('token'))
}
