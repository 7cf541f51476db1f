import { randomUUID } from 'node:crypto'
import { createClient } from 'graphql-ws'
import { SignJWT } from 'jose'
import WebSocket from 'ws'
import { globalId } from '../src/domain/global-id.js'
import { ISSUER, type Places, SECRET } from './installations.js'

export interface Person {
  token: string
  setupId: string
  /** Called with every message of the person's subscription. */
  onMessage: (message: Progress) => void
}

interface Progress {
  setupProgress: { steps: { authorization: { id: string; status: string } | null }[] }
}

async function token(subject: string, roles: string[] = []): Promise<string> {
  const jwt = new SignJWT({ org: 'bench', roles })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setSubject(subject)
  return jwt.setExpirationTime('2h').sign(new TextEncoder().encode(SECRET))
}

async function execute<T>(
  at: string,
  bearer: string,
  query: string,
  variables: object,
): Promise<{ data: T; cookie: string }> {
  const response = await fetch(`${at}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ query, variables }),
  })
  const body = (await response.json()) as { data: T; errors?: unknown }
  if (body.errors) throw new Error(JSON.stringify(body.errors))
  return { data: body.data, cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' }
}

/** A plugin that needs one app. */
export async function publish(at: string, app: string): Promise<void> {
  const operator = await token('operator', ['patchbay:operator'])
  const oauth2 = {
    authorizationUrl: `${app}/authorize`,
    tokenUrl: `${app}/token`,
    identity: { url: `${app}/userinfo`, idPath: 'sub', labelPaths: ['email'] },
  }
  const connector = { slug: 'stub', name: 'Stub', oauth2, credentials: { clientId: 'bench', clientSecret: 'bench' } }
  await execute(
    at,
    operator,
    'mutation ($input: ConfigureConnectorInput!) { configureConnector(input: $input) { __typename } }',
    { input: connector },
  )
  const manifest = {
    slug: 'bench',
    name: 'Bench',
    summary: 'Measures.',
    version: '1.0.0',
    connectors: [{ connector: 'stub', scopes: ['work'], reason: 'To measure.' }],
    skills: [
      {
        slug: 'measure',
        name: 'Measure',
        summary: 'Measures.',
        instructions: 'Measure.',
        uses: [{ connector: 'stub' }],
      },
    ],
  }
  await execute(
    at,
    operator,
    'mutation ($input: PublishPluginInput!) { publishPlugin(input: $input) { __typename } }',
    {
      input: { manifest },
    },
  )
}

/** A person with a started setup and a subscription to it. */
export async function newPerson({ commitAt, watchAt }: Places): Promise<Person & { close(): void }> {
  const bearer = await token(randomUUID())
  const { data } = await execute<{ startSetup: { id: string } }>(
    commitAt,
    bearer,
    'mutation ($id: ID!) { startSetup(input: { pluginId: $id }) { ... on PluginSetup { id } } }',
    { id: globalId('Plugin', 'bench') },
  )
  const person: Person = { token: bearer, setupId: data.startSetup.id, onMessage: () => {} }
  const client = createClient({
    url: `${watchAt.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${bearer}` },
  })
  await new Promise<void>((resolve, reject) => {
    client.subscribe<Progress>(
      {
        query:
          'subscription ($id: ID!) { setupProgress(setupId: $id) { revision status steps { status authorization { id status } } } }',
        variables: { id: person.setupId },
      },
      {
        next: ({ data }) => {
          resolve()
          if (data) person.onMessage(data)
        },
        error: reject,
        complete: () => {},
      },
    )
  })
  return Object.assign(person, { close: () => void client.dispose() })
}

/** Runs one authorization and returns the milliseconds from the callback's request to the SUCCEEDED message. */
export async function measure({ commitAt }: Places, person: Person): Promise<number> {
  const { data, cookie } = await execute<{ authorizeConnector: { id: string; url: string } }>(
    commitAt,
    person.token,
    'mutation ($input: AuthorizeConnectorInput!) { authorizeConnector(input: $input) { ... on Authorization { id url } } }',
    { input: { connectorId: globalId('Connector', 'stub'), setupId: person.setupId } },
  )
  const { id, url: start } = data.authorizeConnector
  const opened = await fetch(start, { headers: { cookie }, redirect: 'manual' })
  const state = new URL(opened.headers.get('location') ?? '').searchParams.get('state') ?? ''
  const arrived = new Promise<number>((resolve) => {
    person.onMessage = ({ setupProgress }) => {
      const attempt = setupProgress.steps[0]?.authorization
      if (attempt?.id === id && attempt.status === 'SUCCEEDED') resolve(performance.now())
    }
  })
  const sent = performance.now()
  const callback = fetch(`${commitAt}/oauth/callback/stub?code=code&state=${state}`, {
    headers: { cookie },
    redirect: 'manual',
  })
  const latency = (await arrived) - sent
  await callback
  return latency
}
